/**
 * Configuration of the client: Kafka's names, verbatim or in camelCase, as numbers and booleans or as the text of a
 * properties file. An unknown name is refused with the nearest real one; names of Kafka that have no effect here are
 * accepted and ignored (`ignored`).
 */
import { nearest } from '@moldau/base'
import { KafkaError } from './errors.ts'

/** `retry.backoff.ms` becomes `retryBackoffMs`. @public */
export type DotToCamel<S extends string> = S extends `${infer A}.${infer B}`
  ? `${A}${Capitalize<DotToCamel<B>>}`
  : S

interface Row<T> {
  readonly default: T
  readonly min?: number
  readonly max?: number
  readonly oneOf?: readonly string[]
}

type Rows = Readonly<Record<string, Row<number | string | boolean | readonly string[]>>>

/** Every value, under its dotted name. */
export type ValuesOf<R extends Rows> = { readonly [K in keyof R]: R[K]['default'] }

/** What a user may write: either spelling. */
type Written<T> = T extends readonly string[] ? T | string : T
export type Input<R extends Rows> = {
  readonly [K in keyof R]?: Written<R[K]['default']> | undefined
} & { readonly [K in keyof R & string as DotToCamel<K>]?: Written<R[K]['default']> | undefined }

function number(value: number, min = 0, max = Number.MAX_SAFE_INTEGER): Row<number> {
  return { default: value, min, max }
}

function text(value: string): Row<string> {
  return { default: value }
}

function oneOf<const T extends string>(value: NoInfer<T>, ...names: readonly T[]): Row<T> {
  return { default: value, oneOf: names }
}

function flag(value: boolean): Row<boolean> {
  return { default: value }
}

/** Known to all clients. */
export const commonOptions = {
  'bootstrap.servers': { default: [] as readonly string[] },
  'client.id': text('moldau'),
  'request.timeout.ms': number(30_000, 1),
  'default.api.timeout.ms': number(60_000, 1),
  'retry.backoff.ms': number(100),
  'retry.backoff.max.ms': number(1000),
  'reconnect.backoff.ms': number(50),
  'reconnect.backoff.max.ms': number(1000),
  'socket.connection.setup.timeout.ms': number(10_000, 1),
  'connections.max.idle.ms': number(540_000, 1),
  'metadata.max.age.ms': number(300_000),
}

export const producerOptions = {
  acks: oneOf('all', 'all', '-1', '0', '1'),
  'batch.size': number(16_384),
  'linger.ms': number(5),
  'buffer.memory': number(33_554_432),
  'max.block.ms': number(60_000),
  'max.request.size': number(1_048_576),
  'compression.type': oneOf('none', 'none', 'gzip', 'snappy', 'lz4', 'zstd'),
  'compression.gzip.level': number(-1, -1, 9),
  'compression.zstd.level': number(3, -131_072, 22),
  'delivery.timeout.ms': number(120_000),
  'enable.idempotence': flag(true),
  'max.in.flight.requests.per.connection': number(5, 1),
  retries: number(2_147_483_647),
  'partitioner.ignore.keys': flag(false),
}

export const consumerOptions = {
  'group.id': text(''),
  'group.instance.id': text(''),
  'auto.offset.reset': oneOf('latest', 'earliest', 'latest', 'none'),
  'enable.auto.commit': flag(true),
  'auto.commit.interval.ms': number(5000),
  'isolation.level': oneOf('read_uncommitted', 'read_uncommitted', 'read_committed'),
  'session.timeout.ms': number(45_000, 1),
  'heartbeat.interval.ms': number(3000, 1),
  'max.poll.interval.ms': number(300_000, 1),
  'max.poll.records': number(500, 1),
  'fetch.min.bytes': number(1),
  'fetch.max.bytes': number(52_428_800),
  'fetch.max.wait.ms': number(500),
  'max.partition.fetch.bytes': number(1_048_576),
  'partition.assignment.strategy': { default: ['range', 'roundrobin'] as readonly string[] },
  'allow.auto.create.topics': flag(true),
  'exclude.internal.topics': flag(true),
  'client.rack': text(''),
}

/** Names of Kafka that are taken without effect: Java classes, metrics, and so on. */
const ignored = new Set([
  'auto.include.jmx.reporter',
  'check.crcs',
  'client.dns.lookup',
  'enable.metrics.push',
  'group.protocol',
  'interceptor.classes',
  'key.deserializer',
  'key.serializer',
  'metadata.max.idle.ms',
  'metric.reporters',
  'metrics.num.samples',
  'metrics.recording.level',
  'metrics.sample.window.ms',
  'partitioner.class',
  'receive.buffer.bytes',
  'send.buffer.bytes',
  'value.deserializer',
  'value.serializer',
])

/**
 * The values for `rows` in `input`, over the defaults. Names of `others` are left alone: they are read elsewhere.
 * @throws KafkaError CONFIG
 */
export function readOptions<R extends Rows>(
  rows: R,
  input: object,
  others: readonly Rows[] = [],
  extras: readonly string[] = [],
): ValuesOf<R> {
  const names = spellings(rows)
  const foreign = new Set([...others.flatMap(other => [...spellings(other).keys()]), ...extras])
  const values: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(rows)) values[name] = row.default
  for (const [key, given] of Object.entries(input) as [string, unknown][]) {
    if (given === undefined) continue
    const name = names.get(key)
    if (name !== undefined) values[name] = convert(name, rows[name] as Rows[string], given)
    else if (!foreign.has(key) && !ignored.has(key))
      throw unknown(key, [...names.keys(), ...foreign])
  }
  return values as ValuesOf<R>
}

/** Dotted and camelCase name to dotted name. */
function spellings(rows: Rows): Map<string, string> {
  const names = new Map<string, string>()
  for (const name of Object.keys(rows)) {
    names.set(name, name)
    names.set(toCamel(name), name)
  }
  return names
}

function toCamel(name: string): string {
  return name
    .split('.')
    .map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join('')
}

function convert(name: string, row: Rows[string], given: unknown): unknown {
  const refuse = (reason: string): KafkaError =>
    new KafkaError('CONFIG', { message: `Invalid value ${String(given)} for ${name}: ${reason}` })
  if (Array.isArray(row.default)) {
    if (Array.isArray(given)) return given.map(String)
    if (typeof given !== 'string') throw refuse('a list is needed')
    return given
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '')
  }
  if (typeof row.default === 'number') {
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
    if (typeof value !== 'number' || !Number.isSafeInteger(value))
      throw refuse('an integer is needed')
    if (value < (row.min ?? 0) || value > (row.max ?? Infinity))
      throw refuse(`it must be from ${row.min} to ${row.max}`)
    return value
  }
  if (typeof row.default === 'boolean') {
    if (given === true || given === 'true') return true
    if (given === false || given === 'false') return false
    throw refuse('true or false is needed')
  }
  const value = String(given)
  if (row.oneOf !== undefined && !row.oneOf.includes(value))
    throw refuse(`it must be one of ${row.oneOf.join(', ')}`)
  return value
}

function unknown(key: string, known: readonly string[]): KafkaError {
  // In the spelling that the user seems to prefer.
  const isDotted = key.includes('.')
  const name = nearest(
    key,
    known.filter(candidate => !isDotted || candidate.includes('.')),
  )
  const suggestion = name === undefined ? '' : `; did you mean ${name}?`
  return new KafkaError('CONFIG', { message: `Unknown option ${key}${suggestion}` })
}
