/**
 * Changes to the dynamic settings of a broker, checked by that broker before the controller writes them (as Kafka's
 * ConfigAdminManager and DynamicBrokerConfig do, in their words; checked against Kafka 4.3.1).
 */
import { KafkaError } from '@moldau/protocol'
import { brokerOptions, type BrokerConfig } from './broker-options.ts'
import { brokerOption, plainKey } from './sources.ts'
import { splitList, valueProblem } from './values.ts'

type Texts = ReadonlyMap<string, string>

/** One operation of IncrementalAlterConfigs. */
export interface ConfigOperation {
  readonly name: string
  readonly configOperation: number
  readonly value: string | null
}

/** Kafka's numbers of the operations. */
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

/** The dynamic settings after the operations. @throws KafkaError */
export function applyOperations(before: Texts, changes: readonly ConfigOperation[]): Texts {
  const after = new Map(before)
  for (const { name, configOperation, value } of changes) {
    switch (configOperation) {
      case operations.set:
        after.set(name, value ?? '')
        break
      case operations.delete:
        after.delete(name)
        break
      case operations.append:
      case operations.subtract: {
        const isAppend = configOperation === operations.append
        const given = splitList(value ?? '')
        const old = currentList(name, before, isAppend ? 'append' : 'subtract')
        const added = given.filter(part => !old.includes(part))
        const parts = isAppend ? [...old, ...added] : old.filter(part => !given.includes(part))
        after.set(name, parts.join(','))
        break
      }
      default:
        throw new KafkaError('INVALID_REQUEST', `Unknown operations type ${configOperation}`)
    }
  }
  return after
}

function currentList(name: string, before: Texts, verb: string): string[] {
  const option = brokerOption(name)
  if (option?.type !== 'LIST') {
    throw new KafkaError(
      'INVALID_CONFIG',
      `Config value ${verb} is not allowed for config key: ${name}`,
    )
  }
  return splitList(before.get(name) ?? option.format(option.default) ?? '')
}

/**
 * Checks the dynamic settings of one broker, or, with `isDefault`, those of all brokers. `values` are those in effect.
 * @throws KafkaError INVALID_REQUEST
 */
export function checkBrokerConfigs(configs: Texts, isDefault: boolean, values: BrokerConfig): void {
  const names = [...configs.keys()]
  refuseAny(
    names.filter(name => isOwnKey(name) && brokerOption(name)?.dynamic === 'read-only'),
    'Cannot update these configs dynamically',
  )
  refuseAny(
    names.filter(name => listenerKeys.test(name)),
    'These security configs can be dynamically updated only per-listener using the listener prefix',
  )
  for (const [name, text] of configs) {
    const key = plainKey(name)
    const option = brokerOption(key)
    const problem =
      throttledRates.has(name) && !/^\s*[+-]?\d{1,19}\s*$/.test(text)
        ? `Invalid value ${text} for configuration ${name}: Not a number of type LONG`
        : option && valueProblem(key, option, text)
    if (problem !== undefined) throw new KafkaError('INVALID_REQUEST', problem)
  }
  if (isDefault) {
    refuseAny(
      names.filter(name => brokerOption(name)?.dynamic === 'per-broker'),
      'Cannot update these configs at default cluster level, broker id must be specified',
    )
  }
  if (configs.get('log.retention.ms')?.trim() === '0') {
    throw new KafkaError(
      'INVALID_REQUEST',
      'requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    )
  }
  for (const key of threadKeys) checkThreads(key, configs, values[key])
}

const throttledRates: ReadonlySet<string> = new Set([
  'leader.replication.throttled.rate',
  'follower.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
])

/** Key material, which belongs to a listener. */
const listenerKeys = /^ssl\.(key\.password|(keystore|truststore)\..*)$/

const threadKeys = [
  'background.threads',
  'num.io.threads',
  'num.network.threads',
  'num.recovery.threads.per.data.dir',
  'num.replica.fetchers',
] as const

function isOwnKey(name: string): boolean {
  return Object.hasOwn(brokerOptions, name)
}

function refuseAny(names: readonly string[], reason: string): void {
  if (names.length > 0) {
    throw new KafkaError('INVALID_REQUEST', `${reason}: [${names.join(', ')}]`)
  }
}

/** Kafka lets the size of a thread pool at most double or halve at a time. */
function checkThreads(key: string, configs: Texts, current: number): void {
  const text = configs.get(key)
  if (text === undefined) return
  const wanted = Number(text)
  const limit =
    wanted > current * 2
      ? `value should not be greater than double the current value ${current}`
      : wanted < Math.floor(current / 2)
        ? `value should be at least half the current value ${current}`
        : undefined
  if (limit === undefined) return
  throw new KafkaError(
    'INVALID_REQUEST',
    `Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for ${key}=${wanted}, ${limit} for configuration Invalid dynamic configuration`,
  )
}
