/** Tiered storage. Rows of the one table in `broker-options.ts`. */
import { boolean, int, long, string, LONG_MAX } from '@moldau/base'

const noTiering = 'tiered storage is not there yet'

/** Tiered storage. */
export const remoteStorageOptions = {
  'remote.fetch.max.wait.ms': int({
    default: 500,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Longest wait of a fetch for remote records, in milliseconds.',
    unused: noTiering,
  }),
  'remote.list.offsets.request.timeout.ms': long({
    default: 30_000,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Time limit for looking up offsets in remote storage, in milliseconds.',
    unused: noTiering,
  }),
  'remote.log.index.file.cache.total.size.bytes': long({
    default: 1_073_741_824,
    min: 1,
    importance: 'LOW',
    dynamic: 'cluster-wide',
    doc: 'Bytes of remote index files that are kept on disk.',
    unused: noTiering,
  }),
  'remote.log.manager.copier.thread.pool.size': int({
    default: 10,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Segments that are uploaded at the same time.',
    unused: noTiering,
  }),
  'remote.log.manager.copy.max.bytes.per.second': long({
    default: LONG_MAX,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Upload limit in bytes a second.',
    unused: noTiering,
  }),
  'remote.log.manager.copy.quota.window.num': int({
    default: 11,
    min: 1,
    doc: 'Samples that the upload quota keeps.',
    unused: noTiering,
  }),
  'remote.log.manager.copy.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Seconds of one sample of the upload quota.',
    unused: noTiering,
  }),
  'remote.log.manager.expiration.thread.pool.size': int({
    default: 10,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Partitions whose remote segments are expired at the same time.',
    unused: noTiering,
  }),
  'remote.log.manager.fetch.max.bytes.per.second': long({
    default: LONG_MAX,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Download limit in bytes a second.',
    unused: noTiering,
  }),
  'remote.log.manager.fetch.quota.window.num': int({
    default: 11,
    min: 1,
    doc: 'Samples that the download quota keeps.',
    unused: noTiering,
  }),
  'remote.log.manager.fetch.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Seconds of one sample of the download quota.',
    unused: noTiering,
  }),
  'remote.log.manager.follower.thread.pool.size': int({
    default: 2,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Follower partitions that look after remote segments at the same time.',
    unused: noTiering,
  }),
  'remote.log.manager.task.interval.ms': long({
    default: 30_000,
    min: 1,
    importance: 'LOW',
    doc: 'Time between rounds of upload and expiry, in milliseconds.',
    unused: noTiering,
  }),
  'remote.log.manager.thread.pool.size': int({
    default: 2,
    min: 1,
    doc: 'Tasks of tiered storage that run at the same time.',
    unused: noTiering,
  }),
  'remote.log.metadata.custom.metadata.max.bytes': int({
    default: 128,
    min: 0,
    importance: 'LOW',
    doc: 'Largest note that a storage plug-in may attach to a segment, in bytes.',
    unused: noTiering,
  }),
  'remote.log.metadata.manager.class.name': string({
    default:
      'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    doc: 'Class that keeps track of remote segments.',
    unused: noTiering,
  }),
  'remote.log.metadata.manager.class.path': string({
    default: null,
    doc: 'Class path of the metadata manager.',
    unused: noTiering,
  }),
  'remote.log.metadata.manager.impl.prefix': string({
    default: 'rlmm.config.',
    doc: 'Prefix of settings for the metadata manager.',
    unused: noTiering,
  }),
  'remote.log.metadata.manager.listener.name': string({
    default: null,
    doc: 'Listener that the metadata manager connects to.',
    unused: noTiering,
  }),
  'remote.log.reader.max.pending.tasks': int({
    default: 100,
    min: 1,
    doc: 'Remote reads that may wait.',
    unused: noTiering,
  }),
  'remote.log.reader.threads': int({
    default: 10,
    min: 1,
    dynamic: 'cluster-wide',
    doc: 'Remote reads at the same time.',
    unused: noTiering,
  }),
  'remote.log.storage.manager.class.name': string({
    default: null,
    doc: 'Class that stores remote segments.',
    unused: noTiering,
  }),
  'remote.log.storage.manager.class.path': string({
    default: null,
    doc: 'Class path of the storage manager.',
    unused: noTiering,
  }),
  'remote.log.storage.manager.impl.prefix': string({
    default: 'rsm.config.',
    doc: 'Prefix of settings for the storage manager.',
    unused: noTiering,
  }),
  'remote.log.storage.system.enable': boolean({
    default: false,
    doc: 'Whether tiered storage is on.',
    unused: noTiering,
  }),
}
