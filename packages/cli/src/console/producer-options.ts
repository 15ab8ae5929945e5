/** The options of kafka-console-producer, and the client properties that follow from them. */
import { checkServers, parsePairs, readPropertiesFile } from '../cluster/client-properties.ts'
import { requireOptions, UsageError, type ParsedOptions } from '../options/jopt.ts'
import { eitherOf } from '../options/renamed.ts'
import type { Terminal } from '../terminal.ts'

const readerProperties =
  'parse.key, parse.headers, ignore.error (false), key.separator, headers.delimiter (a tab), headers.separator (,), headers.key.separator (:), null.marker'

export const rows = {
  'batch-size': {
    value: 'required',
    argument: 'Integer: size',
    default: '16384',
    doc: 'Bytes of a batch (batch.size).',
  },
  'bootstrap-server': {
    value: 'required',
    argument: 'String: server to connect to',
    required: true,
    doc: 'Brokers to begin with: HOST:PORT, separated by commas.',
  },
  'command-config': {
    value: 'required',
    argument: 'String: config file',
    doc: 'A properties file for the producer; --command-property counts more.',
  },
  'command-property': {
    value: 'required',
    argument: 'String: producer_prop',
    doc: 'A property of the producer, key=value; may be repeated.',
  },
  'compression-codec': {
    value: 'optional',
    argument: 'String: compression-codec',
    doc: 'none, gzip, snappy, lz4 or zstd; gzip without a value.',
  },
  help: { doc: 'Prints this table.' },
  'line-reader': {
    value: 'required',
    argument: 'String: reader_class',
    default: 'org.apache.kafka.tools.LineMessageReader',
    doc: 'What turns lines into records. Only the default is known.',
  },
  'max-block-ms': {
    value: 'required',
    argument: 'Long: max block on send',
    default: '60000',
    doc: 'How long a record may wait for the topic or for memory (max.block.ms).',
  },
  'max-memory-bytes': {
    value: 'required',
    argument: 'Long: total memory in bytes',
    default: '33554432',
    doc: 'Memory for records that are on their way (buffer.memory).',
  },
  'max-partition-memory-bytes': {
    value: 'required',
    argument: 'Integer: memory in bytes per partition',
    default: '16384',
    doc: 'Deprecated: the former name of --batch-size.',
  },
  'message-send-max-retries': {
    value: 'required',
    argument: 'Integer',
    default: '3',
    doc: 'How often a batch is sent again (retries).',
  },
  'metadata-expiry-ms': {
    value: 'required',
    argument: 'Long: metadata expiration interval',
    default: '300000',
    doc: 'When to ask for leaders again at the latest (metadata.max.age.ms).',
  },
  'producer-property': {
    value: 'required',
    argument: 'String: producer_prop',
    doc: 'Deprecated: the former name of --command-property.',
  },
  'producer.config': {
    value: 'required',
    argument: 'String: config file',
    doc: 'Deprecated: the former name of --command-config.',
  },
  property: {
    value: 'required',
    argument: 'String: prop',
    doc: 'Deprecated: the former name of --reader-property.',
  },
  'reader-config': {
    value: 'required',
    argument: 'String: config file',
    doc: 'A properties file for the reader of lines; --reader-property counts more.',
  },
  'reader-property': {
    value: 'required',
    argument: 'String: prop',
    doc: `A property of the reader of lines, key=value; may be repeated: ${readerProperties}.`,
  },
  'request-required-acks': {
    value: 'required',
    argument: 'String: request required acks',
    default: '-1',
    doc: 'Who must have a record before it counts as sent: all (-1), 1, 0 (acks).',
  },
  'request-timeout-ms': {
    value: 'required',
    argument: 'Integer: request timeout ms',
    default: '1500',
    doc: 'How long to wait for an answer (request.timeout.ms).',
  },
  'retry-backoff-ms': {
    value: 'required',
    argument: 'Long',
    default: '100',
    doc: 'How long to wait before trying again (retry.backoff.ms).',
  },
  'socket-buffer-size': {
    value: 'required',
    argument: 'Integer: size',
    default: '102400',
    doc: 'Accepted without effect (send.buffer.bytes).',
  },
  sync: { doc: 'Sends record by record, each after the one before is acknowledged.' },
  timeout: {
    value: 'required',
    argument: 'Long: timeout_ms',
    default: '1000',
    doc: 'How long a batch waits to become full (linger.ms).',
  },
  topic: {
    value: 'required',
    argument: 'String: topic',
    required: true,
    doc: 'The topic to write to.',
  },
  version: { doc: 'Prints the version.' },
} as const

/** What the console producer is to do. */
export interface ProducerSettings {
  readonly topic: string
  readonly servers: string
  readonly isSync: boolean
  readonly client: Map<string, string>
  readonly reader: Map<string, string>
  readonly maxBlockMs: number
}

/** Options that set a property, unless a file or --command-property does and the option is not given. */
const merged = [
  ['timeout', 'linger.ms'],
  ['request-required-acks', 'acks'],
  ['request-timeout-ms', 'request.timeout.ms'],
  ['message-send-max-retries', 'retries'],
  ['retry-backoff-ms', 'retry.backoff.ms'],
  ['max-memory-bytes', 'buffer.memory'],
  ['batch-size', 'batch.size'],
  ['metadata-expiry-ms', 'metadata.max.age.ms'],
  ['max-block-ms', 'max.block.ms'],
] as const

/** @throws UsageError, MissingFile */
export function producerSettings(
  options: ParsedOptions<typeof rows>,
  terminal: Terminal,
): ProducerSettings {
  requireOptions(options, 'topic', 'bootstrap-server')
  const renamed = (oldName: keyof typeof rows, newName: keyof typeof rows): keyof typeof rows => {
    const refusal = `Options --${newName} and --${oldName} cannot be specified together.`
    const name = eitherOf(options, oldName, newName, refusal)
    if (name === oldName)
      terminal.out(
        `Warning: --${oldName} is deprecated and will be removed in a future version. Use --${newName} instead.`,
      )
    return name
  }
  const readerOption = renamed('property', 'reader-property')
  const propertyOption = renamed('producer-property', 'command-property')
  const fileOption = renamed('producer.config', 'command-config')
  if (options.has('max-partition-memory-bytes'))
    terminal.out(
      'Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
    )
  const servers = checkServers(options.value('bootstrap-server') ?? '')
  const client = pairs(terminal, options.value(fileOption), options.values(propertyOption))
  client.set('bootstrap.servers', servers)
  for (const [option, property] of merged)
    if (options.has(option) || !client.has(property)) {
      if (option !== 'request-required-acks') options.integer(option)
      client.set(property, options.value(option) ?? '')
    }
  if (options.has('max-partition-memory-bytes') && !options.has('batch-size'))
    client.set('batch.size', options.value('max-partition-memory-bytes') ?? '')
  if (options.has('compression-codec'))
    client.set('compression.type', options.value('compression-codec') ?? 'gzip')
  if (!client.has('client.id')) client.set('client.id', 'console-producer')
  return {
    topic: options.value('topic') ?? '',
    servers,
    isSync: options.has('sync'),
    client,
    reader: pairs(terminal, options.value('reader-config'), options.values(readerOption)),
    maxBlockMs: Number(client.get('max.block.ms')),
  }
}

/** A file's properties under those of the command line. */
function pairs(
  terminal: Terminal,
  file: string | undefined,
  words: readonly string[],
): Map<string, string> {
  const properties = file === undefined ? [] : readPropertiesFile(terminal, file)
  return new Map([...properties, ...parsePairs(words)])
}

/** @throws UsageError for a class that is not there */
export function checkLineReader(className: string): void {
  if (/(^|\.)LineMessageReader$/.test(className)) return
  throw new UsageError(
    `java.lang.ClassNotFoundException: ${className}\nMoldau runs no Java classes; only LineMessageReader is known`,
    false,
  )
}
