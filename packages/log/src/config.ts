/**
 * Configs of a topic, one row each. The keys are Kafka's 4.3.1; `flush.policy` and `record.validation` are ours. A broker gives the defaults
 * through the synonyms (`broker-config.ts`).
 */
import { boolean, double, int, list, long, LONG_MAX, string, type ValuesOf } from '@moldau/base'

const remote = 'tiered storage comes with a later issue'
const cleaner = 'compaction comes with a later issue'
const throttled = 'replication throttling comes with the cluster'

/** Configs of a topic. A broker gives the defaults by the synonyms, in this order. */
export const topicOptions = {
  'cleanup.policy': list({
    default: ['delete'],
    oneOf: ['compact', 'delete'],
    doc: 'What becomes of old records: delete by age and size, or compact to the last value of each key.',
    synonyms: [{ name: 'log.cleanup.policy' }],
  }),
  'compression.gzip.level': int({
    default: -1,
    min: -1,
    max: 9,
    doc: 'Level of gzip where compression.type is gzip; -1 is the default of zlib.',
    synonyms: [{ name: 'compression.gzip.level' }],
  }),
  'compression.lz4.level': int({
    default: 9,
    min: 1,
    max: 17,
    doc: 'Level of lz4 where compression.type is lz4.',
    synonyms: [{ name: 'compression.lz4.level' }],
  }),
  'compression.type': string({
    default: 'producer',
    oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    doc: 'How batches are stored; producer keeps what the producer chose.',
    synonyms: [{ name: 'compression.type' }],
  }),
  'compression.zstd.level': int({
    default: 3,
    min: -131072,
    max: 22,
    doc: 'Level of zstd where compression.type is zstd.',
    synonyms: [{ name: 'compression.zstd.level' }],
  }),
  'delete.retention.ms': long({
    default: 86400000,
    min: 0,
    doc: 'How long the tombstones of a compacted topic stay, in milliseconds.',
    synonyms: [{ name: 'log.cleaner.delete.retention.ms' }],
    unused: cleaner,
  }),
  'file.delete.delay.ms': long({
    default: 60000,
    min: 0,
    doc: 'Time between taking a file out of the log and removing it, in milliseconds.',
    synonyms: [{ name: 'log.segment.delete.delay.ms' }],
  }),
  'flush.messages': long({
    default: LONG_MAX,
    min: 1,
    doc: 'Records after which the log is synced to disk, under flush.policy=os.',
    synonyms: [{ name: 'log.flush.interval.messages' }],
  }),
  'flush.ms': long({
    default: LONG_MAX,
    min: 0,
    doc: 'Longest time that records stay unsynced, in milliseconds, under flush.policy=os.',
    synonyms: [{ name: 'log.flush.interval.ms' }, { name: 'log.flush.scheduler.interval.ms' }],
  }),
  'flush.policy': string({
    default: 'commit',
    oneOf: ['commit', 'os'],
    doc: 'commit: acks=all is answered when the records are on disk. os: when the operating system has them, as in Apache Kafka; offsets that groups commit are on disk in both cases.',
    isOwn: true,
    synonyms: [{ name: 'log.flush.policy' }],
  }),
  'follower.replication.throttled.replicas': list({
    default: [],
    doc: 'Replicas whose followers are throttled, as partition:broker, or *.',
    unused: throttled,
  }),
  'index.interval.bytes': int({
    default: 4096,
    min: 0,
    doc: 'Bytes of log between two entries of an index.',
    synonyms: [{ name: 'log.index.interval.bytes' }],
  }),
  'leader.replication.throttled.replicas': list({
    default: [],
    doc: 'Replicas whose leaders are throttled, as partition:broker, or *.',
    unused: throttled,
  }),
  'local.retention.bytes': long({
    default: -2,
    min: -2,
    doc: 'Bytes kept on the local disk of a tiered topic; -2 for retention.bytes.',
    synonyms: [{ name: 'log.local.retention.bytes' }],
    unused: remote,
  }),
  'local.retention.ms': long({
    default: -2,
    min: -2,
    doc: 'Time kept on the local disk of a tiered topic, in milliseconds; -2 for retention.ms.',
    synonyms: [{ name: 'log.local.retention.ms' }],
    unused: remote,
  }),
  'max.compaction.lag.ms': long({
    default: LONG_MAX,
    min: 1,
    doc: 'Longest time that a record stays uncompacted, in milliseconds.',
    synonyms: [{ name: 'log.cleaner.max.compaction.lag.ms' }],
    unused: cleaner,
  }),
  'max.message.bytes': int({
    default: 1048588,
    min: 0,
    doc: 'Largest record batch, after compression, in bytes.',
    synonyms: [{ name: 'message.max.bytes' }],
  }),
  'message.timestamp.after.max.ms': long({
    default: 3600000,
    min: 0,
    doc: 'How far a record may be ahead of the time of the broker, in milliseconds.',
    synonyms: [{ name: 'log.message.timestamp.after.max.ms' }],
  }),
  'message.timestamp.before.max.ms': long({
    default: LONG_MAX,
    min: 0,
    doc: 'How far a record may be behind the time of the broker, in milliseconds.',
    synonyms: [{ name: 'log.message.timestamp.before.max.ms' }],
  }),
  'message.timestamp.type': string({
    default: 'CreateTime',
    oneOf: ['CreateTime', 'LogAppendTime'],
    doc: 'Whether records keep the time of the producer or get that of the broker.',
    synonyms: [{ name: 'log.message.timestamp.type' }],
  }),
  'min.cleanable.dirty.ratio': double({
    default: 0.5,
    min: 0,
    max: 1,
    doc: 'Share of uncompacted bytes from which the log is compacted.',
    synonyms: [{ name: 'log.cleaner.min.cleanable.ratio' }],
    unused: cleaner,
  }),
  'min.compaction.lag.ms': long({
    default: 0,
    min: 0,
    doc: 'Shortest time that a record stays uncompacted, in milliseconds.',
    synonyms: [{ name: 'log.cleaner.min.compaction.lag.ms' }],
    unused: cleaner,
  }),
  'min.insync.replicas': int({
    default: 1,
    min: 1,
    doc: 'In-sync replicas that a write with acks=all needs.',
    synonyms: [{ name: 'min.insync.replicas' }],
  }),
  preallocate: boolean({
    default: false,
    doc: 'Whether a segment file gets its full size when it is made.',
    synonyms: [{ name: 'log.preallocate' }],
    unused: 'segments are never preallocated',
  }),
  'record.validation': string({
    default: 'full',
    oneOf: ['full', 'header'],
    doc: 'full: a batch is checked to its last record, compressed ones included, before it is stored. header: producers are trusted, only header, size and checksum are checked, unless the topic is compacted or has a compression.type of its own.',
    isOwn: true,
    synonyms: [{ name: 'log.record.validation' }],
  }),
  'remote.log.copy.disable': boolean({
    default: false,
    doc: 'Whether a tiered topic stops copying to the remote storage.',
    unused: remote,
  }),
  'remote.log.delete.on.disable': boolean({
    default: false,
    doc: 'Whether the remote data goes when tiered storage is switched off.',
    unused: remote,
  }),
  'remote.storage.enable': boolean({
    default: false,
    doc: 'Whether the topic uses tiered storage.',
    unused: remote,
  }),
  'retention.bytes': long({
    default: -1,
    doc: 'Bytes of a partition from which old segments go; -1 for no limit.',
    synonyms: [{ name: 'log.retention.bytes' }],
  }),
  'retention.ms': long({
    default: 604800000,
    min: -1,
    doc: 'Age from which segments go, in milliseconds; -1 for no limit.',
    synonyms: [
      { name: 'log.retention.ms' },
      { name: 'log.retention.minutes', convert: 'minutes-to-ms' },
      { name: 'log.retention.hours', convert: 'hours-to-ms' },
    ],
  }),
  'segment.bytes': int({
    default: 1073741824,
    min: 1048576,
    doc: 'Size from which a new segment begins, in bytes.',
    synonyms: [{ name: 'log.segment.bytes' }],
  }),
  'segment.index.bytes': int({
    default: 10485760,
    min: 4,
    doc: 'Largest size of an index file, in bytes.',
    synonyms: [{ name: 'log.index.size.max.bytes' }],
  }),
  'segment.jitter.ms': long({
    default: 0,
    min: 0,
    doc: 'Random time taken off segment.ms, so that logs do not all roll at once, in milliseconds.',
    synonyms: [
      { name: 'log.roll.jitter.ms' },
      { name: 'log.roll.jitter.hours', convert: 'hours-to-ms' },
    ],
  }),
  'segment.ms': long({
    default: 604800000,
    min: 1,
    doc: 'Age from which a new segment begins, in milliseconds.',
    synonyms: [{ name: 'log.roll.ms' }, { name: 'log.roll.hours', convert: 'hours-to-ms' }],
  }),
  'unclean.leader.election.enable': boolean({
    default: false,
    doc: 'Whether a replica that is not in sync may become leader, losing records.',
    synonyms: [{ name: 'unclean.leader.election.enable' }],
    unused: 'a single node has no other replica',
  }),
}

/** Values of all topic configs. */
export type LogConfig = ValuesOf<typeof topicOptions>
