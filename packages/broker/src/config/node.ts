/** The node itself: identity, roles, topic defaults, the link to the controller, policies and metrics. Rows of the one table in `broker-options.ts`. */
import { boolean, int, klass, list, long, string } from '@moldau/base'

const noReporters = 'metrics are scraped, not reported by Java classes'
const noThreads = 'one event loop does the work of these threads'
const noOtherLeader = 'one node has no other leader to choose'
const noClasses = 'Java classes cannot be loaded'

/** The node itself: identity, roles, topic defaults, the link to the controller, policies and metrics. */
export const nodeOptions = {
  'node.id': int({
    min: 0,
    importance: 'HIGH',
    doc: 'Number of this node in the cluster.',
  }),
  'broker.id': int({
    default: -1,
    importance: 'HIGH',
    doc: 'Old name of node.id; the two must agree.',
  }),
  'broker.rack': string({
    default: null,
    doc: 'Rack or zone of this broker; replicas of a partition are spread over racks, and clients may fetch from their own.',
  }),
  'process.roles': list({
    oneOf: ['broker', 'controller'],
    importance: 'HIGH',
    doc: 'What this node does: serve clients, take part in the metadata quorum, or both.',
  }),
  'num.partitions': int({
    default: 1,
    min: 1,
    doc: 'Partitions of a topic that is created without a count.',
  }),
  'default.replication.factor': int({
    default: 1,
    doc: 'Replicas of a topic that is created without a count, also by automatic creation.',
  }),
  'auto.create.topics.enable': boolean({
    default: true,
    importance: 'HIGH',
    doc: 'Whether asking for the metadata of a missing topic creates it.',
  }),
  'delete.topic.enable': boolean({
    default: true,
    importance: 'HIGH',
    doc: 'Whether topics may be deleted.',
  }),
  'auto.leader.rebalance.enable': boolean({
    default: true,
    importance: 'HIGH',
    doc: 'Whether leadership goes back to the preferred replicas by itself.',
    unused: noOtherLeader,
  }),
  'leader.imbalance.check.interval.seconds': long({
    default: 300,
    min: 1,
    importance: 'HIGH',
    doc: 'Seconds between looks for partitions that are not led by their preferred replica.',
    unused: noOtherLeader,
  }),
  'controlled.shutdown.enable': boolean({
    default: true,
    doc: 'Whether leadership is handed over before the broker stops.',
    unused: 'one node has nobody to hand over to',
  }),
  'controller.socket.timeout.ms': int({
    default: 30_000,
    doc: 'Time limit of a request to the controller, in milliseconds.',
    unused: 'the controller lives in the same process',
  }),
  'request.timeout.ms': int({
    default: 30_000,
    importance: 'HIGH',
    doc: 'Time limit of a request to another node, in milliseconds.',
  }),
  'background.threads': int({
    default: 10,
    min: 1,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Threads for background work.',
    unused: noThreads,
  }),
  'num.io.threads': int({
    default: 8,
    min: 1,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Threads that process requests.',
    unused: noThreads,
  }),
  'num.network.threads': int({
    default: 3,
    min: 1,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Threads that read and write connections.',
    unused: noThreads,
  }),
  'message.max.bytes': int({
    default: 1_048_588,
    min: 0,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Largest batch of records that is accepted, in bytes after compression, unless the topic says otherwise.',
  }),
  'min.insync.replicas': int({
    default: 1,
    min: 1,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Replicas that must have a record before a producer with acks=all is answered, unless the topic says otherwise.',
  }),
  'unclean.leader.election.enable': boolean({
    default: false,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
    doc: 'Whether a replica outside of the in-sync set may become leader, losing records, unless the topic says otherwise.',
  }),
  'cordoned.log.dirs': list({
    default: [],
    dynamic: 'per-broker',
    doc: 'Log directories that get no new partitions; `*` means all.',
    unused: 'directories are not cordoned yet',
  }),
  'config.providers': list({
    default: [],
    importance: 'LOW',
    dynamic: 'cluster-wide',
    doc: 'Names of configuration providers that resolve ${name:path:key} in values.',
    unused: 'configuration providers are not there yet',
  }),
  'alter.config.policy.class.name': klass({
    default: null,
    importance: 'LOW',
    doc: 'Class that may refuse configuration changes.',
    unused: noClasses,
  }),
  'create.topic.policy.class.name': klass({
    default: null,
    importance: 'LOW',
    doc: 'Class that may refuse new topics.',
    unused: noClasses,
  }),
  'kafka.metrics.polling.interval.secs': int({
    default: 10,
    min: 1,
    importance: 'LOW',
    doc: 'Seconds between calls of the Yammer metrics reporters.',
    unused: noReporters,
  }),
  'kafka.metrics.reporters': list({
    default: [],
    importance: 'LOW',
    doc: 'Yammer metrics reporters.',
    unused: noReporters,
  }),
  'metric.reporters': list({
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    importance: 'LOW',
    dynamic: 'cluster-wide',
    doc: 'Classes that are told about metrics.',
    unused: noReporters,
  }),
  'metrics.num.samples': int({
    default: 2,
    min: 1,
    importance: 'LOW',
    doc: 'Samples that a windowed metric keeps.',
    unused: noReporters,
  }),
  'metrics.recording.level': string({
    default: 'INFO',
    importance: 'LOW',
    doc: 'Most detailed level of metrics that is recorded.',
    unused: noReporters,
  }),
  'metrics.sample.window.ms': long({
    default: 30_000,
    min: 1,
    importance: 'LOW',
    doc: 'Length of a sample window in milliseconds.',
    unused: noReporters,
  }),
  'telemetry.max.bytes': int({
    default: 1_048_576,
    min: 1,
    importance: 'LOW',
    doc: 'Largest client telemetry push that is accepted, in bytes.',
    unused: 'client telemetry is not there yet',
  }),
}
