/** The share coordinator and its internal topic. Rows of the one table in `broker-options.ts`. */
import { int, short } from '@moldau/base'

const noShareGroups = 'share groups are not there yet'

/** The share coordinator and its internal topic. */
export const shareCoordinatorOptions = {
  'share.coordinator.append.linger.ms': int({
    default: -1,
    min: -1,
    doc: 'How long records of share state wait for others, in milliseconds; -1 adapts to the load.',
    unused: noShareGroups,
  }),
  'share.coordinator.cached.buffer.max.bytes': int({
    default: 1_048_588,
    min: 524_288,
    dynamic: 'cluster-wide',
    doc: 'Largest write buffer that is kept for reuse, in bytes.',
    unused: noShareGroups,
  }),
  'share.coordinator.load.buffer.size': int({
    default: 5_242_880,
    min: 1,
    importance: 'HIGH',
    doc: 'Bytes that are read at a time while share state is loaded.',
    unused: noShareGroups,
  }),
  'share.coordinator.snapshot.update.records.per.snapshot': int({
    default: 500,
    min: 0,
    max: 500,
    doc: 'Updates of a share partition between snapshots.',
    unused: noShareGroups,
  }),
  'share.coordinator.state.topic.compression.codec': int({
    default: 0,
    importance: 'HIGH',
    doc: 'Number of the compression of __share_group_state.',
    unused: noShareGroups,
  }),
  'share.coordinator.state.topic.min.isr': short({
    default: 2,
    min: 1,
    importance: 'HIGH',
    doc: 'In-sync replicas that __share_group_state needs.',
    unused: noShareGroups,
  }),
  'share.coordinator.state.topic.num.partitions': int({
    default: 50,
    min: 1,
    importance: 'HIGH',
    doc: 'Partitions of __share_group_state; never change it later.',
    unused: noShareGroups,
  }),
  'share.coordinator.state.topic.replication.factor': short({
    default: 3,
    min: 1,
    importance: 'HIGH',
    doc: 'Replicas of __share_group_state; as many as there are brokers, if those are fewer.',
    unused: noShareGroups,
  }),
  'share.coordinator.state.topic.segment.bytes': int({
    default: 104_857_600,
    min: 1,
    importance: 'HIGH',
    doc: 'Segment size of __share_group_state, in bytes.',
    unused: noShareGroups,
  }),
  'share.coordinator.threads': int({
    default: 1,
    min: 1,
    doc: 'Threads of the share coordinator.',
    unused: 'one event loop does the work of these threads',
  }),
  'share.coordinator.write.timeout.ms': int({
    default: 5000,
    min: 1,
    importance: 'HIGH',
    doc: 'Time limit for writing share state, in milliseconds.',
    unused: noShareGroups,
  }),
}
