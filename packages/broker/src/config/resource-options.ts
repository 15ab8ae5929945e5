/** Settings of groups and of client metrics subscriptions. They only exist as dynamic ones. */
import { boolean, int, list, string } from '@moldau/base'

/** Settings of a group (KIP-848, KIP-932, KIP-1071); each overrides a setting of the broker. */
export const groupOptions = {
  'consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    doc: 'Shortest time between assignments of a consumer group, in milliseconds.',
    synonyms: [{ name: 'group.consumer.assignment.interval.ms' }],
  }),
  'consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Time between heartbeats of consumers, in milliseconds.',
    synonyms: [{ name: 'group.consumer.heartbeat.interval.ms' }],
  }),
  'consumer.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    doc: 'A consumer without heartbeats for so long is out of the group, in milliseconds.',
    synonyms: [{ name: 'group.consumer.session.timeout.ms' }],
  }),
  'share.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    doc: 'Shortest time between assignments of a share group, in milliseconds.',
    synonyms: [{ name: 'group.share.assignment.interval.ms' }],
  }),
  'share.auto.offset.reset': string({
    default: 'latest',
    doc: 'Where a share group begins: earliest, latest or by_duration:<ISO-8601 duration>.',
  }),
  'share.delivery.count.limit': int({
    default: 5,
    min: 2,
    doc: 'How often a record is delivered to a share group at most.',
    synonyms: [{ name: 'group.share.delivery.count.limit' }],
  }),
  'share.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Time between heartbeats of share consumers, in milliseconds.',
    synonyms: [{ name: 'group.share.heartbeat.interval.ms' }],
  }),
  'share.isolation.level': string({
    default: 'read_uncommitted',
    oneOf: ['read_committed', 'read_uncommitted'],
    doc: 'Whether a share group sees records of open and aborted transactions.',
  }),
  'share.partition.max.record.locks': int({
    default: 2000,
    min: 100,
    doc: 'Records of one partition that a share group may have in flight.',
    synonyms: [{ name: 'group.share.partition.max.record.locks' }],
  }),
  'share.record.lock.duration.ms': int({
    default: 30_000,
    min: 1000,
    doc: 'How long a share consumer may keep a record without acknowledging it, in milliseconds.',
    synonyms: [{ name: 'group.share.record.lock.duration.ms' }],
  }),
  'share.renew.acknowledge.enable': boolean({
    default: true,
    doc: 'Whether share consumers may extend the time they keep a record.',
  }),
  'share.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    doc: 'A share consumer without heartbeats for so long is out of the group, in milliseconds.',
    synonyms: [{ name: 'group.share.session.timeout.ms' }],
  }),
  'streams.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    doc: 'Shortest time between assignments of a streams group, in milliseconds.',
    synonyms: [{ name: 'group.streams.assignment.interval.ms' }],
  }),
  'streams.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Time between heartbeats of streams members, in milliseconds.',
    synonyms: [{ name: 'group.streams.heartbeat.interval.ms' }],
  }),
  'streams.initial.rebalance.delay.ms': int({
    default: 3000,
    min: 0,
    doc: 'How long a new streams group waits for more members, in milliseconds.',
    synonyms: [{ name: 'group.streams.initial.rebalance.delay.ms' }],
  }),
  'streams.num.standby.replicas': int({
    default: 0,
    min: 0,
    doc: 'Standby copies of each state store.',
    synonyms: [{ name: 'group.streams.num.standby.replicas' }],
  }),
  'streams.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    doc: 'A streams member without heartbeats for so long is out of the group, in milliseconds.',
    synonyms: [{ name: 'group.streams.session.timeout.ms' }],
  }),
} as const

/** Settings of a client metrics subscription (KIP-714). */
export const clientMetricsOptions = {
  'interval.ms': int({
    default: 300_000,
    min: 100,
    max: 3_600_000,
    doc: 'Time between pushes of a client, in milliseconds.',
  }),
  match: list({ default: [], doc: 'Which clients the subscription is for.' }),
  metrics: list({
    default: [],
    doc: 'Prefixes of the metrics that are asked for; empty for none.',
  }),
} as const
