/** The metadata quorum, its log, and the broker's registration with it. Rows of the one table in `broker-options.ts`. */
import { boolean, int, list, long, string } from '@moldau/base'

const aloneInQuorum = 'the quorum is this node alone'
const noQuotas = 'quotas are not enforced yet'

/** The metadata quorum, its log, and the broker's registration with it. */
export const controllerOptions = {
  'controller.quorum.voters': list({
    default: [],
    importance: 'HIGH',
    doc: 'Voters of the metadata quorum, as id@host:port; a node alone needs none.',
  }),
  'controller.quorum.bootstrap.servers': list({
    default: [],
    importance: 'HIGH',
    doc: 'Addresses where the metadata quorum can be found.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.auto.join.enable': boolean({
    default: false,
    importance: 'LOW',
    doc: 'Whether a controller adds itself to the voters.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.append.linger.ms': int({
    default: 25,
    min: 0,
    doc: 'How long metadata records wait for others before they are written, in milliseconds.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.election.timeout.ms': int({
    default: 1000,
    min: 0,
    importance: 'HIGH',
    doc: 'Time without a leader after which a voter stands for election, in milliseconds.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.election.backoff.max.ms': int({
    default: 1000,
    min: 0,
    importance: 'HIGH',
    doc: 'Longest wait before standing again after a lost election, in milliseconds.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.fetch.timeout.ms': int({
    default: 2000,
    min: 0,
    importance: 'HIGH',
    doc: 'Time without a successful fetch after which a follower looks for a new leader, in milliseconds.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.fetch.max.bytes': int({
    default: 1_048_576,
    min: 1,
    importance: 'LOW',
    doc: 'Bytes of metadata records in one fetch at most.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.fetch.snapshot.max.bytes': int({
    default: 1_048_576,
    min: 1,
    importance: 'LOW',
    doc: 'Bytes of a metadata snapshot in one fetch at most.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.request.timeout.ms': int({
    default: 2000,
    min: 0,
    doc: 'Time limit of a request between voters, in milliseconds.',
    unused: aloneInQuorum,
  }),
  'controller.quorum.retry.backoff.ms': int({
    default: 20,
    min: 0,
    importance: 'LOW',
    doc: 'Wait before a failed request between voters is repeated, in milliseconds.',
    unused: aloneInQuorum,
  }),
  'controller.quota.window.num': int({
    default: 11,
    min: 1,
    importance: 'LOW',
    doc: 'Samples that the quota on metadata changes keeps.',
    unused: noQuotas,
  }),
  'controller.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    importance: 'LOW',
    doc: 'Seconds of one sample of the quota on metadata changes.',
    unused: noQuotas,
  }),
  'broker.heartbeat.interval.ms': int({
    default: 2000,
    doc: 'Time between heartbeats of a broker to the controller, in milliseconds.',
  }),
  'broker.session.timeout.ms': int({
    default: 9000,
    doc: 'A broker without heartbeats for so long is fenced, in milliseconds.',
  }),
  'initial.broker.registration.timeout.ms': int({
    default: 60_000,
    doc: 'Time that a starting broker waits for its registration before it gives up, in milliseconds.',
    unused: 'the controller lives in the same process',
  }),
  'metadata.log.dir': string({
    default: null,
    importance: 'HIGH',
    doc: 'Directory of the metadata log; the first log directory when unset.',
  }),
  'metadata.log.segment.bytes': int({
    default: 1_073_741_824,
    min: 8_388_608,
    importance: 'HIGH',
    doc: 'Largest segment of the metadata log, in bytes.',
  }),
  'metadata.log.segment.ms': long({
    default: 604_800_000,
    importance: 'HIGH',
    doc: 'Oldest age of a segment of the metadata log before a new one begins, in milliseconds.',
    unused: 'the metadata log begins new segments by size',
  }),
  'metadata.log.max.record.bytes.between.snapshots': long({
    default: 20_971_520,
    min: 1,
    importance: 'HIGH',
    doc: 'Bytes of metadata records after which a snapshot is made.',
  }),
  'metadata.log.max.snapshot.interval.ms': long({
    default: 3_600_000,
    min: 0,
    importance: 'HIGH',
    doc: 'Time after which a snapshot of changed metadata is made, in milliseconds; 0 for never.',
  }),
  'metadata.max.idle.interval.ms': int({
    default: 500,
    min: 0,
    importance: 'LOW',
    doc: 'Time without metadata records after which an empty one is written, in milliseconds; 0 for never.',
    unused: 'an idle node writes nothing',
  }),
  'metadata.max.retention.bytes': long({
    default: 104_857_600,
    importance: 'HIGH',
    doc: 'Bytes of metadata log and snapshots that are kept.',
  }),
  'metadata.max.retention.ms': long({
    default: 604_800_000,
    importance: 'HIGH',
    doc: 'Age of metadata segments and snapshots that are kept, in milliseconds.',
  }),
}
