/** The options of kafka-console-consumer, and what follows from them, checked in the words of Kafka's tool. */
import type { Random } from '@moldau/base'
import type { StartOffset } from '@moldau/client'
import { checkServers, parsePairs, readPropertiesFile } from '../cluster/client-properties.ts'
import { requireOptions, UsageError, type ParsedOptions } from '../options/jopt.ts'
import { eitherOf } from '../options/renamed.ts'
import type { Terminal } from '../terminal.ts'

const formatterProperties =
  'print.timestamp, print.partition, print.offset, print.epoch, print.headers, print.key, print.value (true or false), key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer'

export const rows = {
  'bootstrap-server': {
    value: 'required',
    argument: 'String: server to connect to',
    required: true,
    doc: 'Brokers to begin with: HOST:PORT, separated by commas.',
  },
  'command-config': {
    value: 'required',
    argument: 'String: config file',
    doc: 'A properties file for the consumer; --command-property counts more.',
  },
  'command-property': {
    value: 'required',
    argument: 'String: consumer_prop',
    doc: 'A property of the consumer, key=value; may be repeated.',
  },
  'consumer-property': {
    value: 'required',
    argument: 'String: consumer_prop',
    doc: 'Deprecated: the former name of --command-property.',
  },
  'consumer.config': {
    value: 'required',
    argument: 'String: config file',
    doc: 'Deprecated: the former name of --command-config.',
  },
  'enable-systest-events': { doc: 'Prints shutdown_complete at the end, for system tests.' },
  formatter: {
    value: 'required',
    argument: 'String: class',
    default: 'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
    doc: 'What prints records: DefaultMessageFormatter, LoggingMessageFormatter or NoOpMessageFormatter.',
  },
  'formatter-config': {
    value: 'required',
    argument: 'String: config file',
    doc: 'A properties file for the formatter; --formatter-property counts more.',
  },
  'formatter-property': {
    value: 'required',
    argument: 'String: prop',
    doc: `A property of the formatter, key=value; may be repeated: ${formatterProperties}.`,
  },
  'from-beginning': {
    doc: 'Starts at the earliest record where the group has no offset yet; else at the end.',
  },
  group: {
    value: 'required',
    argument: 'String: consumer group id',
    doc: 'The group to be a member of; one of its own if left out.',
  },
  help: { doc: 'Prints this table.' },
  include: {
    value: 'required',
    argument: 'String: Java regex (String)',
    doc: 'A regular expression for the topics to read.',
  },
  'isolation-level': {
    value: 'required',
    argument: 'String',
    default: 'read_uncommitted',
    doc: 'read_committed leaves out records of transactions that are not committed.',
  },
  'key-deserializer': {
    value: 'required',
    argument: 'String: deserializer for keys',
    doc: "Class name of one of Kafka's deserializers.",
  },
  'max-messages': {
    value: 'required',
    argument: 'Integer: num_messages',
    doc: 'Ends after so many records.',
  },
  offset: {
    value: 'required',
    argument: 'String: consume offset',
    default: 'latest',
    doc: 'With --partition: where to start: a number, earliest or latest.',
  },
  partition: {
    value: 'required',
    argument: 'Integer: partition',
    doc: 'Reads one partition only, from its end unless --offset says otherwise.',
  },
  property: {
    value: 'required',
    argument: 'String: prop',
    doc: 'Deprecated: the former name of --formatter-property.',
  },
  'skip-message-on-error': { doc: 'Passes over records that cannot be printed instead of ending.' },
  'timeout-ms': {
    value: 'required',
    argument: 'Long: timeout_ms',
    doc: 'Ends when no record has come for so long.',
  },
  topic: { value: 'required', argument: 'String: topic', doc: 'The topic to read.' },
  'value-deserializer': {
    value: 'required',
    argument: 'String: deserializer for values',
    doc: "Class name of one of Kafka's deserializers.",
  },
  version: { doc: 'Prints the version.' },
} as const

type ConsumerOptions = ParsedOptions<typeof rows>

/** What to read. */
type Source =
  | { readonly kind: 'topic'; readonly topic: string | RegExp }
  | {
      readonly kind: 'partition'
      readonly topic: string
      readonly partition: number
      readonly offset: StartOffset
    }

/** What the console consumer is to do. */
export interface ConsumerSettings {
  readonly servers: string
  readonly source: Source
  readonly client: Map<string, string>
  readonly formatter: Map<string, string>
  readonly formatterClass: string
  readonly maxMessages: number
  readonly timeoutMs: number | undefined
  readonly isCommitting: boolean
  readonly isSkipping: boolean
  readonly isTellingEvents: boolean
}

/** @throws UsageError, MissingFile */
export function consumerSettings(
  options: ConsumerOptions,
  terminal: Terminal,
  random: Random,
): ConsumerSettings {
  const source = sourceOf(options)
  const names = renamedOptions(options, terminal)
  requireOptions(options, 'bootstrap-server')
  const servers = checkServers(options.value('bootstrap-server') ?? '')
  const file = fileProperties(options.value(names.file), terminal)
  const words = parsePairs(options.values(names.property))
  const groupIds = new Set(
    [options.value('group'), words.get('group.id'), file.get('group.id')].filter(
      id => id !== undefined,
    ),
  )
  const client = new Map([...file, ...words])
  client.set('bootstrap.servers', servers)
  setStart(client, options)
  setGroup(client, options, groupIds, random)
  if (options.has('isolation-level') || !client.has('isolation.level'))
    client.set('isolation.level', options.value('isolation-level') ?? '')
  if (!client.has('client.id')) client.set('client.id', 'console-consumer')
  const formatter = new Map([
    ...fileProperties(options.value('formatter-config'), terminal),
    ...parsePairs(options.values(names.formatter)),
  ])
  for (const part of ['key', 'value'] as const) {
    const className = options.value(`${part}-deserializer`)
    if (className !== undefined) formatter.set(`${part}.deserializer`, className)
  }
  return {
    servers,
    source,
    client,
    formatter,
    formatterClass: options.value('formatter') ?? '',
    maxMessages: maxMessagesOf(options),
    timeoutMs: timeoutOf(options),
    isCommitting:
      client.get('group.id') !== undefined && client.get('enable.auto.commit') !== 'false',
    isSkipping: options.has('skip-message-on-error'),
    isTellingEvents: options.has('enable-systest-events'),
  }
}

function sourceOf(options: ConsumerOptions): Source {
  const topic = options.value('topic')
  const include = options.value('include')
  if ((topic === undefined) === (include === undefined))
    throw new UsageError('Exactly one of the following arguments is required: [topic], [include]')
  const partition = options.integer('partition')
  if (partition === undefined) {
    if (options.has('offset'))
      throw new UsageError('The partition is required when offset is specified.')
    return { kind: 'topic', topic: topic ?? patternOf(include ?? '') }
  }
  if (topic === undefined)
    throw new UsageError('The topic is required when partition is specified.')
  if (options.has('from-beginning') && options.has('offset'))
    throw new UsageError('Options from-beginning and offset cannot be specified together.')
  if (options.has('group'))
    throw new UsageError('Options group and partition cannot be specified together.')
  return { kind: 'partition', topic, partition, offset: offsetOf(options) }
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`)
  } catch {
    throw new UsageError(`${text} is an invalid regex.`, false)
  }
}

function offsetOf(options: ConsumerOptions): StartOffset {
  if (options.has('from-beginning')) return 'earliest'
  const text = options.value('offset') ?? 'latest'
  const name = text.toLowerCase()
  if (name === 'earliest' || name === 'latest') return name
  const offset = Number(text)
  if (/^\+?\d+$/.test(text) && Number.isSafeInteger(offset)) return offset
  throw new UsageError(
    `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
  )
}

interface OptionNames {
  readonly property: keyof typeof rows
  readonly file: keyof typeof rows
  readonly formatter: keyof typeof rows
}

/** Which of the old and new names are given; the old ones with a warning. */
function renamedOptions(options: ConsumerOptions, terminal: Terminal): OptionNames {
  const renamed = (oldName: keyof typeof rows, newName: keyof typeof rows): keyof typeof rows => {
    const refusal = `Options --${oldName} and --${newName} cannot be specified together.`
    const name = eitherOf(options, oldName, newName, refusal)
    if (name === oldName)
      terminal.out(
        `Option --${oldName} is deprecated and will be removed in a future version. Use --${newName} instead.`,
      )
    return name
  }
  return {
    property: renamed('consumer-property', 'command-property'),
    file: renamed('consumer.config', 'command-config'),
    formatter: renamed('property', 'formatter-property'),
  }
}

function fileProperties(path: string | undefined, terminal: Terminal): Map<string, string> {
  return path === undefined ? new Map<string, string>() : readPropertiesFile(terminal, path)
}

function setStart(client: Map<string, string>, options: ConsumerOptions): void {
  const reset = client.get('auto.offset.reset')
  if (!options.has('from-beginning')) {
    if (reset === undefined) client.set('auto.offset.reset', 'latest')
    return
  }
  if (reset !== undefined && reset !== 'earliest')
    throw new UsageError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`,
      false,
    )
  client.set('auto.offset.reset', 'earliest')
}

function setGroup(
  client: Map<string, string>,
  options: ConsumerOptions,
  ids: ReadonlySet<string>,
  random: Random,
): void {
  if (ids.size > 1)
    throw new UsageError(
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: ${[...ids].map(id => `'${id}'`).join(', ')}`,
    )
  const [id] = ids
  if (id !== undefined) client.set('group.id', id)
  else {
    if (!options.has('partition'))
      client.set('group.id', `console-consumer-${random.below(100_000)}`)
    // Nobody will ask for the offsets of a group with a name by chance.
    if (!client.has('enable.auto.commit')) client.set('enable.auto.commit', 'false')
  }
}

function maxMessagesOf(options: ConsumerOptions): number {
  const count = options.integer('max-messages') ?? -1
  return count < 0 ? Infinity : count
}

function timeoutOf(options: ConsumerOptions): number | undefined {
  const timeoutMs = options.integer('timeout-ms')
  return timeoutMs === undefined || timeoutMs < 0 ? undefined : timeoutMs
}
