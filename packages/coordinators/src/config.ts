/** Settings of groups and their offsets: Kafka's names, defaults and modes. */
import { int, list, long, short, type ValuesOf } from '@moldau/base'
import { otherProtocolOptions } from './other-protocol-options.ts'

const noThreads = 'one event loop does the work of these threads'

/** Rows by key. */
export const groupCoordinatorOptions = {
  'group.min.session.timeout.ms': int({
    default: 6000,
    doc: 'Shortest session timeout that a member of a classic group may ask for, in milliseconds.',
  }),
  'group.max.session.timeout.ms': int({
    default: 1_800_000,
    doc: 'Longest session timeout that a member of a classic group may ask for, in milliseconds.',
  }),
  'group.initial.rebalance.delay.ms': int({
    default: 3000,
    doc: 'How long a new classic group waits for more members before its first assignment, in milliseconds.',
  }),
  'group.max.size': int({
    default: 2_147_483_647,
    min: 1,
    doc: 'Members of a classic group at most.',
  }),
  'group.coordinator.rebalance.protocols': list({
    default: ['classic', 'consumer', 'streams'],
    oneOf: ['consumer', 'classic', 'share', 'streams'],
    doc: 'Group protocols that are served.',
    unused: 'the classic protocol is the only one yet',
  }),
  'group.coordinator.append.linger.ms': int({
    default: -1,
    min: -1,
    doc: 'How long records of groups wait for others before they are written, in milliseconds; -1 adapts to the load.',
    unused: 'records of groups that are decided in one turn share a write, and wait no longer',
  }),
  'group.coordinator.cached.buffer.max.bytes': int({
    default: 1_048_588,
    min: 524_288,
    dynamic: 'cluster-wide',
    doc: 'Largest write buffer that is kept for reuse, in bytes.',
    unused: 'the buffers of batches are not kept',
  }),
  'group.coordinator.threads': int({
    default: 4,
    min: 1,
    importance: 'HIGH',
    doc: 'Threads of the group coordinator.',
    unused: noThreads,
  }),
  'group.coordinator.background.threads': int({
    default: 2,
    min: 1,
    importance: 'HIGH',
    doc: 'Threads for background work of the group coordinator.',
    unused: noThreads,
  }),
  'offset.metadata.max.bytes': int({
    default: 4096,
    importance: 'HIGH',
    doc: 'Largest note that may be committed with an offset, in bytes.',
  }),
  'offsets.commit.timeout.ms': int({
    default: 5000,
    min: 1,
    importance: 'HIGH',
    doc: 'Time limit for writing an offset commit, in milliseconds.',
  }),
  'offsets.load.buffer.size': int({
    default: 5_242_880,
    min: 1,
    importance: 'HIGH',
    doc: 'Bytes that are read at a time while offsets are loaded.',
  }),
  'offsets.retention.check.interval.ms': long({
    default: 600_000,
    min: 1,
    importance: 'HIGH',
    doc: 'Time between looks for expired offsets, in milliseconds.',
  }),
  'offsets.retention.minutes': int({
    default: 10_080,
    min: 1,
    importance: 'HIGH',
    doc: 'Offsets of an empty group, or of a topic that it no longer reads, are kept for so many minutes.',
  }),
  'offsets.topic.compression.codec': int({
    default: 0,
    importance: 'HIGH',
    doc: 'Number of the compression of __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.',
  }),
  'offsets.topic.num.partitions': int({
    default: 50,
    min: 1,
    importance: 'HIGH',
    doc: 'Partitions of __consumer_offsets; never change it later.',
  }),
  'offsets.topic.replication.factor': short({
    default: 3,
    min: 1,
    importance: 'HIGH',
    doc: 'Replicas of __consumer_offsets; as many as there are brokers, if those are fewer.',
  }),
  'offsets.topic.segment.bytes': int({
    default: 104_857_600,
    min: 1,
    importance: 'HIGH',
    doc: 'Segment size of __consumer_offsets, in bytes.',
  }),
  ...otherProtocolOptions,
}

/** The values of all rows. */
export type GroupCoordinatorConfig = ValuesOf<typeof groupCoordinatorOptions>
