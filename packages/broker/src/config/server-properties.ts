/**
 * server.properties, as Apache Kafka's users have it, made into settings. A misspelt key is a problem with the nearest
 * name; a known key without effect yet is a warning with its reason; settings of plug-ins pass.
 */
import { nearest, parseOptions, type ConfigProblem } from '@moldau/base'
import { topicOptions } from '@moldau/log'
import { brokerOptions, type BrokerConfig } from './broker-options.ts'
import { planListeners, type ConfiguredListener } from './listeners.ts'
import { topicSynonyms } from './sources.ts'
import type { AnyOption } from './values.ts'

/** What a server.properties says. */
export interface ServerProperties {
  readonly config: BrokerConfig
  /** What was written or is built in, as text, with both `node.id` and `broker.id`. */
  readonly texts: ReadonlyMap<string, string>
  readonly listeners: readonly ConfiguredListener[]
  readonly interBrokerListenerName: string
  /** Reasons not to start. */
  readonly problems: readonly ConfigProblem[]
  /** Sentences to be told at start. */
  readonly warnings: readonly string[]
}

/**
 * What holds where neither the key nor its other name is written, so that a node starts without a file: on loopback,
 * with its data in the folder where it was started. Kafka requires the first three; it would listen on all interfaces
 * and write to /tmp.
 */
export const builtInProperties = [
  { key: 'node.id', otherName: 'broker.id', value: '1' },
  { key: 'process.roles', value: 'broker,controller' },
  { key: 'controller.listener.names', value: 'CONTROLLER' },
  { key: 'listeners', value: 'PLAINTEXT://localhost:9092' },
  { key: 'log.dirs', otherName: 'log.dir', value: './moldau-data' },
]

/** Prefixes of settings that are handed to plug-ins, or to one listener, whatever comes behind. */
const openPrefixes = [
  'listener.name.',
  'config.providers.',
  'rlmm.config.',
  'rsm.config.',
  'metrics.context.',
]

/** Settings of plug-ins that ship with Kafka; they have no row since a broker does not read them itself. */
const pluginKeys: Readonly<Record<string, string>> = {
  'super.users': 'there is no authorizer yet',
  'allow.everyone.if.no.acl.found': 'there is no authorizer yet',
}

/** Settings of earlier Kafka versions, which 4.3.1 ignores. */
const formerKeys: ReadonlySet<string> = new Set([
  'advertised.host.name',
  'advertised.port',
  'auto.include.jmx.reporter',
  'broker.id.generation.enable',
  'control.plane.listener.name',
  'controlled.shutdown.max.retries',
  'controlled.shutdown.retry.backoff.ms',
  'delegation.token.master.key',
  'host.name',
  'inter.broker.protocol.version',
  'leader.imbalance.per.broker.percentage',
  'log.message.downconversion.enable',
  'log.message.format.version',
  'log.message.timestamp.difference.max.ms',
  'offsets.commit.required.acks',
  'port',
  'reserved.broker.max.id',
])

const rows: Readonly<Record<string, AnyOption>> = brokerOptions

/** Reads the pairs of a server.properties. */
export function parseServerProperties(text: ReadonlyMap<string, string>): ServerProperties {
  const problems: ConfigProblem[] = []
  const warnings: string[] = []
  const texts = new Map(text)
  for (const { key, otherName = key, value } of builtInProperties)
    if (!texts.has(key) && !texts.has(otherName)) texts.set(key, value)
  settleNodeId(texts, problems, warnings)
  for (const key of texts.keys()) checkKey(key, texts, problems, warnings)
  warnings.push(...unusedWarnings(texts))
  const { values: config, problems: valueProblems } = parseOptions(brokerOptions, texts)
  problems.push(...valueProblems)
  checkRoles(config, texts, problems)
  const plan = planListeners({
    listeners: config['listeners'],
    advertisedListeners: config['advertised.listeners'] ?? undefined,
    protocolMap: config['listener.security.protocol.map'],
    isProtocolMapSet: texts.has('listener.security.protocol.map'),
    controllerListenerNames: config['controller.listener.names'],
    interBrokerListenerName: config['inter.broker.listener.name'] ?? undefined,
    interBrokerProtocol: config['security.inter.broker.protocol'],
  })
  for (const { key, message } of plan.problems) problems.push({ key, message: `${key} ${message}` })
  const { listeners, interBrokerListenerName } = plan
  return { config, texts, listeners, interBrokerListenerName, problems, warnings }
}

/** `broker.id` alone is the old way to write `node.id`; together they must agree, as with Kafka. */
function settleNodeId(
  texts: Map<string, string>,
  problems: ConfigProblem[],
  warnings: string[],
): void {
  const brokerId = texts.get('broker.id')
  const nodeId = texts.get('node.id')
  if (brokerId === undefined) {
    // Each tells the other, as with Kafka: tools read broker.id in DescribeConfigs.
    if (nodeId !== undefined) texts.set('broker.id', nodeId)
  } else if (nodeId === undefined) {
    texts.set('node.id', brokerId)
    warnings.push(`broker.id is now called node.id: write node.id=${brokerId} instead`)
  } else if (nodeId.trim() !== brokerId.trim()) {
    const message = `broker.id is ${brokerId} but node.id is ${nodeId}: broker.id is the old name of node.id, remove it`
    problems.push({ key: 'broker.id', message })
  }
}

function checkKey(
  key: string,
  texts: ReadonlyMap<string, string>,
  problems: ConfigProblem[],
  warnings: string[],
): void {
  if (Object.hasOwn(rows, key) || openPrefixes.some(prefix => key.startsWith(prefix))) return
  if (key.startsWith('zookeeper.')) {
    if (key !== 'zookeeper.connect') return
    const message =
      'zookeeper.connect cannot be used: since Kafka 4 there is no ZooKeeper, the nodes keep the metadata themselves (KRaft). Remove the line; for a single node write process.roles=broker,controller instead'
    problems.push({ key, message })
    return
  }
  const reason = pluginKeys[key]
  if (reason !== undefined) warnings.push(`${key} has no effect: ${reason}`)
  else if (formerKeys.has(key)) warnings.push(`${key} has no effect: Kafka 4 has no such setting`)
  else if (Object.hasOwn(topicOptions, key)) {
    problems.push({ key, message: topicKeyMessage(key, texts.get(key) ?? '') })
  } else {
    const meant = nearest(key, Object.keys(rows))
    if (meant === undefined) warnings.push(`${key} has no effect: there is no such setting`)
    else problems.push({ key, message: `${key} is no setting. Did you mean ${meant}?` })
  }
}

function topicKeyMessage(key: string, value: string): string {
  const own = topicSynonyms(key)[0]?.name
  return own === undefined
    ? `${key} is a setting of topics, not of brokers`
    : `${key} is a setting of topics; the broker's is ${own}: write ${own}=${value}`
}

/** One sentence per reason, so that a file written for Kafka does not fill the screen. */
function unusedWarnings(texts: ReadonlyMap<string, string>): string[] {
  const keysByReason = new Map<string, string[]>()
  for (const key of texts.keys()) {
    const reason = rows[key]?.unused
    if (reason === undefined) continue
    const keys = keysByReason.get(reason) ?? []
    keys.push(key)
    keysByReason.set(reason, keys)
  }
  return Array.from(
    keysByReason,
    ([reason, keys]) =>
      `${keys.join(', ')} ${keys.length === 1 ? 'has' : 'have'} no effect: ${reason}`,
  )
}

/** This version runs as one node that is broker and controller. */
function checkRoles(
  config: BrokerConfig,
  texts: ReadonlyMap<string, string>,
  problems: ConfigProblem[],
): void {
  const roles = config['process.roles']
  if (!roles.includes('broker') || !roles.includes('controller')) {
    const message = `process.roles=${roles.join(',')} cannot be used yet: write process.roles=broker,controller`
    problems.push({ key: 'process.roles', message })
  }
  if (config['controller.quorum.voters'].length > 1) {
    const message = `controller.quorum.voters=${texts.get('controller.quorum.voters')} cannot be used yet: the quorum is this node alone`
    problems.push({ key: 'controller.quorum.voters', message })
  }
}
