/** Listeners, connections and sockets. Rows of the one table in `broker-options.ts`. */
import { int, list, long, string } from '@moldau/base'

const noPurge = 'waiting requests are removed at once'
const systemBuffers = 'the system sizes the socket buffers'
const noPeers = 'one node connects to nobody'
const noAuthentication = 'authentication is not there yet'

/** Listeners, connections and sockets. */
export const networkOptions = {
  listeners: list({
    default: ['PLAINTEXT://:9092'],
    importance: 'HIGH',
    dynamic: 'per-broker',
    doc: 'Addresses that this node listens on, as NAME://host:port; an empty host means all interfaces.',
  }),
  'advertised.listeners': list({
    default: null,
    importance: 'HIGH',
    doc: 'Addresses that clients are told to use; the listeners themselves when unset.',
  }),
  'listener.security.protocol.map': string({
    default: 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    importance: 'LOW',
    dynamic: 'per-broker',
    doc: 'Security protocol of each listener name, as NAME:PROTOCOL.',
  }),
  'inter.broker.listener.name': string({
    default: null,
    doc: 'Listener over which brokers talk to each other.',
  }),
  'security.inter.broker.protocol': string({
    default: 'PLAINTEXT',
    oneOf: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    doc: 'Security protocol between brokers, where no listener name says so.',
  }),
  'controller.listener.names': list({
    importance: 'HIGH',
    doc: 'Names of the listeners that controllers use.',
  }),
  'early.start.listeners': list({
    default: null,
    importance: 'HIGH',
    doc: 'Listeners that are opened before the authorizer is ready.',
    unused: 'there is no authorizer yet',
  }),
  'socket.listen.backlog.size': int({
    default: 50,
    min: 1,
    doc: 'Connections that may wait to be accepted.',
    unused: 'the runtime chooses the backlog',
  }),
  'socket.receive.buffer.bytes': int({
    default: 102_400,
    importance: 'HIGH',
    doc: 'Receive buffer of a socket, in bytes; -1 leaves it to the system.',
    unused: systemBuffers,
  }),
  'socket.send.buffer.bytes': int({
    default: 102_400,
    importance: 'HIGH',
    doc: 'Send buffer of a socket, in bytes; -1 leaves it to the system.',
    unused: systemBuffers,
  }),
  'socket.request.max.bytes': int({
    default: 104_857_600,
    min: 1,
    importance: 'HIGH',
    doc: 'Largest request that is read, in bytes; a larger one ends the connection.',
  }),
  'socket.connection.setup.timeout.ms': long({
    default: 10_000,
    doc: 'First time limit for connecting to another node, in milliseconds.',
    unused: noPeers,
  }),
  'socket.connection.setup.timeout.max.ms': long({
    default: 30_000,
    doc: 'Largest time limit for connecting to another node, in milliseconds.',
    unused: noPeers,
  }),
  'connections.max.idle.ms': long({
    default: 600_000,
    doc: 'A connection without requests for so long is closed, in milliseconds.',
  }),
  'connection.failed.authentication.delay.ms': int({
    default: 100,
    min: 0,
    importance: 'LOW',
    doc: 'Wait before a connection that failed to authenticate is closed, in milliseconds.',
    unused: noAuthentication,
  }),
  'connections.max.reauth.ms': long({
    default: 0,
    doc: 'Longest session before a client must authenticate again, in milliseconds; 0 for no limit.',
    unused: noAuthentication,
  }),
  'max.connections': int({
    default: 2_147_483_647,
    min: 0,
    dynamic: 'cluster-wide',
    doc: 'Connections that the broker holds at most.',
  }),
  'max.connections.per.ip': int({
    default: 2_147_483_647,
    min: 0,
    dynamic: 'cluster-wide',
    doc: 'Connections from one address at most.',
  }),
  'max.connections.per.ip.overrides': string({
    default: '',
    dynamic: 'cluster-wide',
    doc: 'Other limits for some addresses, as host:count, separated by commas.',
  }),
  'max.connection.creation.rate': int({
    default: 2_147_483_647,
    min: 0,
    dynamic: 'cluster-wide',
    doc: 'New connections a second at most.',
    unused: 'the rate of new connections is not limited yet',
  }),
  'queued.max.requests': int({
    default: 500,
    min: 1,
    importance: 'HIGH',
    doc: 'Requests that wait before reading stops.',
    unused: 'each connection stops reading while a request is in progress',
  }),
  'queued.max.request.bytes': long({
    default: -1,
    doc: 'Bytes of requests that wait before reading stops; -1 for no limit.',
  }),
  'max.request.partition.size.limit': int({
    default: 2000,
    min: 1,
    doc: 'Partitions that one DescribeTopicPartitions answer holds at most.',
  }),
  'fetch.max.bytes': int({
    default: 57_671_680,
    min: 1024,
    doc: 'Largest answer to a fetch, in bytes.',
  }),
  'max.incremental.fetch.session.cache.slots': int({
    default: 1000,
    min: 0,
    doc: 'Fetch sessions that are kept at most.',
  }),
  'fetch.purgatory.purge.interval.requests': int({
    default: 1000,
    doc: 'Fetches between clean-ups of the waiting room.',
    unused: noPurge,
  }),
  'producer.purgatory.purge.interval.requests': int({
    default: 1000,
    doc: 'Produce requests between clean-ups of the waiting room.',
    unused: noPurge,
  }),
  'share.fetch.purgatory.purge.interval.requests': int({
    default: 1000,
    doc: 'Share fetches between clean-ups of the waiting room.',
    unused: noPurge,
  }),
  'delete.records.purgatory.purge.interval.requests': int({
    default: 1,
    doc: 'DeleteRecords requests between clean-ups of the waiting room.',
    unused: noPurge,
  }),
}
