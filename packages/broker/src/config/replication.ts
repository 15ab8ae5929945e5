/** Replicas: fetching, falling behind, checkpoints. Rows of the one table in `broker-options.ts`. */
import { boolean, int, long, string } from '@moldau/base'

const noFollowers = 'one node has no followers'

/** Replicas: fetching, falling behind, checkpoints. */
export const replicationOptions = {
  'replica.fetch.backoff.ms': int({
    default: 1000,
    min: 0,
    doc: 'Wait after a failed fetch from a leader, in milliseconds.',
    unused: noFollowers,
  }),
  'replica.fetch.max.bytes': int({
    default: 1_048_576,
    min: 0,
    doc: 'Bytes that a follower asks for per partition.',
    unused: noFollowers,
  }),
  'replica.fetch.min.bytes': int({
    default: 1,
    importance: 'HIGH',
    doc: 'Bytes that a leader waits for before it answers a follower.',
    unused: noFollowers,
  }),
  'replica.fetch.response.max.bytes': int({
    default: 10_485_760,
    min: 0,
    doc: 'Bytes of one answer to a follower at most.',
    unused: noFollowers,
  }),
  'replica.fetch.wait.max.ms': int({
    default: 500,
    importance: 'HIGH',
    doc: 'Longest wait of a leader for replica.fetch.min.bytes, in milliseconds.',
    unused: noFollowers,
  }),
  'replica.high.watermark.checkpoint.interval.ms': long({
    default: 5000,
    importance: 'HIGH',
    doc: 'Time between writes of the high watermarks to disk, in milliseconds.',
    unused: 'the high watermarks are written every five seconds',
  }),
  'replica.lag.time.max.ms': long({
    default: 30_000,
    importance: 'HIGH',
    doc: 'A follower that has not caught up for so long leaves the in-sync set, in milliseconds.',
    unused: noFollowers,
  }),
  'replica.selector.class': string({
    default: null,
    doc: 'Class that picks the replica a consumer reads from.',
    unused: 'consumers read from the leader',
  }),
  'replica.socket.receive.buffer.bytes': int({
    default: 65_536,
    importance: 'HIGH',
    doc: "Receive buffer of a follower's connection, in bytes.",
    unused: 'the system sizes the socket buffers',
  }),
  'replica.socket.timeout.ms': int({
    default: 30_000,
    importance: 'HIGH',
    doc: "Time limit of a follower's request, in milliseconds.",
    unused: noFollowers,
  }),
  'num.replica.fetchers': int({
    default: 1,
    min: 1,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Connections over which a follower fetches from one leader.',
    unused: noFollowers,
  }),
  'num.replica.alter.log.dirs.threads': int({
    default: null,
    importance: 'HIGH',
    doc: 'Threads that move replicas between directories.',
    unused: 'one event loop does the work of these threads',
  }),
  'num.recovery.threads.per.data.dir': int({
    default: 2,
    min: 1,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Partitions of one directory that are recovered at the same time.',
  }),
  'follower.fetch.last.tiered.offset.enable': boolean({
    default: false,
    dynamic: 'cluster-wide',
    doc: 'Whether a new follower begins at the last tiered offset.',
    unused: 'tiered storage is not there yet',
  }),
}
