/** The few lines that a person sees at start: where it listens, where the data is, what to type next. */
import path from 'node:path'
import { styleText } from 'node:util'
import type { Broker, ServerProperties } from '@moldau/broker'
import { versions } from '../versions.ts'

const GIB = 1024 ** 3

/** The lines, for a broker that has just started. */
export function banner(broker: Broker, settings: ServerProperties, logPath: string): string[] {
  const endpoints = [...broker.services.listeners.values()]
  const [first] = endpoints
  const address = first === undefined ? '' : `${first.advertisedHost}:${first.advertisedPort}`
  const seconds = process.uptime().toFixed(1)
  const label = (text: string): string => styleText('bold', text.padEnd(11))
  const topics = broker.services.image().topics.size
  return [
    '',
    `  ${styleText('bold', `moldau ${versions.moldau}`)}   Apache Kafka ${versions.kafka} protocol   node ${process.versions.node}   ready in ${seconds} s`,
    ...endpoints.map(
      endpoint =>
        `  ${label('Kafka')}${`${endpoint.advertisedHost}:${endpoint.advertisedPort}`.padEnd(22)}(${endpoint.name}, ${reach(endpoint.host)})`,
    ),
    `  ${label('Data')}${dataLine(broker, topics)}`,
    `  ${label('Flush')}${settings.config['log.flush.policy'] === 'commit' ? 'commit: acknowledged (acks=all) means on disk' : "os: acknowledged means in the page cache, as Apache Kafka's default"}`,
    `  ${label('Log')}${shown(logPath)}`,
    `  ${label('Try')}bin/kafka-topics.sh --bootstrap-server ${address} --create --topic orders`,
    `  ${' '.repeat(11)}bin/kafka-console-producer.sh --bootstrap-server ${address} --topic orders`,
    `  ${' '.repeat(11)}Ctrl-C stops cleanly`,
    '',
  ]
}

function reach(host: string): string {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1'
    ? 'this machine only'
    : 'open to other machines, without authentication'
}

function dataLine(broker: Broker, topicCount: number): string {
  const { services } = broker
  const directories = [...services.directoryIds.keys()]
  const { freeBytes } = services.world.files.space(directories[0] ?? '.')
  const state =
    topicCount === 0 ? 'no topics yet' : `${topicCount} topic${topicCount === 1 ? '' : 's'}`
  return `${directories.map(shown).join(', ')}  (cluster ${broker.clusterId}, node ${services.nodeId}, ${state}, ${(freeBytes / GIB).toFixed(0)} GB free)`
}

/** A path as a person would write it from here. */
function shown(given: string): string {
  const relative = path.relative(process.cwd(), path.resolve(given))
  return relative.startsWith('..') ? path.resolve(given) : `./${relative}`
}
