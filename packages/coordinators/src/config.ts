/** The broker's settings of groups and their offsets: Kafka's names, defaults and modes. */
import { int, list, long, short } from '@moldau/base'
import { otherProtocolOptions } from './other-protocol-options.ts'

/** @public Rows by key. */
export const groupCoordinatorOptions = {
  ...otherProtocolOptions,
  'group.coordinator.append.linger.ms': int({ default: -1, importance: 'MEDIUM', doc: 'How long records are gathered before they are appended, in ms; -1: as long as it takes.', unused: 'appends that arrive during an fdatasync share the next one' }),
  'group.coordinator.background.threads': int({ default: 2, importance: 'HIGH', doc: 'Threads for work beside the coordinator.', unused: 'one event loop serves all groups' }),
  'group.coordinator.cached.buffer.max.bytes': int({ default: 1_048_588, importance: 'MEDIUM', dynamic: 'cluster-wide', doc: 'The largest append buffer that is kept, in bytes.', unused: 'one event loop serves all groups' }),
  'group.coordinator.rebalance.protocols': list({ default: ['classic', 'consumer', 'streams'], importance: 'MEDIUM', doc: 'The group protocols that are served.', unused: 'only classic groups are served yet' }),
  'group.coordinator.threads': int({ default: 4, importance: 'HIGH', doc: 'Threads of the coordinator.', unused: 'one event loop serves all groups' }),
  'group.initial.rebalance.delay.ms': int({ default: 3000, importance: 'MEDIUM', doc: 'How long a group that was empty waits for more members before its first rebalance, in ms.' }),
  'group.max.session.timeout.ms': int({ default: 1_800_000, importance: 'MEDIUM', doc: 'The longest session timeout that a member of a classic group may ask for, in ms.' }),
  'group.max.size': int({ default: 2_147_483_647, importance: 'MEDIUM', doc: 'How many members a classic group may have.' }),
  'group.min.session.timeout.ms': int({ default: 6000, importance: 'MEDIUM', doc: 'The shortest session timeout that a member of a classic group may ask for, in ms.' }),
  'offset.metadata.max.bytes': int({ default: 4096, importance: 'HIGH', doc: 'How long the text may be that a client stores with an offset.' }),
  'offsets.commit.timeout.ms': int({ default: 5000, importance: 'HIGH', doc: 'How long a request that changes a group may wait for its records to be committed, in ms.' }),
  'offsets.load.buffer.size': int({ default: 5_242_880, importance: 'HIGH', doc: 'Bytes read at once while a shard of __consumer_offsets is loaded.', unused: 'a shard is read in pieces of 1 MiB' }),
  'offsets.retention.check.interval.ms': long({ default: 600_000, importance: 'HIGH', doc: 'How often expired offsets are looked for, in ms.' }),
  'offsets.retention.minutes': int({ default: 10_080, importance: 'HIGH', doc: 'How long offsets are kept after their group became empty, in minutes.' }),
  'offsets.topic.compression.codec': int({ default: 0, importance: 'HIGH', doc: 'Compression of the records of __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.' }),
  'offsets.topic.num.partitions': int({ default: 50, importance: 'HIGH', doc: 'Partitions of __consumer_offsets. Can never change once the topic is there.' }),
  'offsets.topic.replication.factor': short({ default: 3, importance: 'HIGH', doc: 'Replicas of __consumer_offsets. Capped at the number of brokers that are there.' }),
  'offsets.topic.segment.bytes': int({ default: 104_857_600, importance: 'HIGH', doc: 'Size of a segment of __consumer_offsets, in bytes.' }),
}
