/**
 * How the console consumer prints a record: the columns that `print.*` asks for, in the order of Kafka's
 * DefaultMessageFormatter. Keys and values are written as the bytes that they are.
 */
import type { ConsumerRecord } from '@moldau/client'
import { deserializer, type Deserializer } from './serdes.ts'

/** A record of bytes. */
export type RawRecord = ConsumerRecord<Buffer | null, Buffer | null>

/** Gives the bytes to print for a record. @throws DecodeError */
export type Formatter = (record: RawRecord) => Buffer

/** The formatter of these properties. Classes of deserializers that are not known are told to `warn`. */
function defaultFormatter(
  properties: ReadonlyMap<string, string>,
  warn: (message: string) => void,
): Formatter {
  const isOn = (name: string, byDefault = false): boolean =>
    properties.get(name)?.trim().toLowerCase() === 'true' || (byDefault && !properties.has(name))
  const bytes = (name: string, byDefault: string): Buffer =>
    Buffer.from(properties.get(name) ?? byDefault)
  const decode = (name: string): Deserializer => {
    const className = properties.get(name)
    if (className === undefined) return data => data
    const found = deserializer(className)
    if (found === undefined) warn(`Printing the bytes as they are: ${className} is not known`)
    return found ?? (data => data)
  }

  const columns: ((record: RawRecord) => Buffer)[] = []
  const nothing = bytes('null.literal', 'null')
  const headerDecoder = decode('headers.deserializer')
  const keyDecoder = decode('key.deserializer')
  const valueDecoder = decode('value.deserializer')
  // Kafka 4.3.1 lets the deserializer read the text "null" here, which prints a number for an integer.
  const decoded = (data: Buffer | null, with_: Deserializer): Buffer =>
    data === null ? nothing : with_(data)
  const text = (column: (record: RawRecord) => string): void => {
    columns.push(record => Buffer.from(column(record)))
  }
  if (isOn('print.timestamp'))
    text(({ timestamp }) => (timestamp < 0 ? 'NO_TIMESTAMP' : `CreateTime:${timestamp}`))
  if (isOn('print.partition')) text(({ partition }) => `Partition:${partition}`)
  if (isOn('print.offset')) text(({ offset }) => `Offset:${offset}`)
  // Kafka 4.3.1 never tells the epoch here; checked against the oracle.
  if (isOn('print.epoch')) text(() => 'Epoch:NOT_PRESENT')
  if (isOn('print.delivery')) text(() => 'Delivery:NOT_PRESENT')
  if (isOn('print.headers'))
    columns.push(
      headersColumn(bytes('headers.separator', ','), data => decoded(data, headerDecoder)),
    )
  if (isOn('print.key')) columns.push(({ key }) => decoded(key, keyDecoder))
  if (isOn('print.value', true)) columns.push(({ value }) => decoded(value, valueDecoder))

  const separator = bytes('key.separator', '\t')
  const lineEnd = bytes('line.separator', '\n')
  return record => {
    const parts: Buffer[] = []
    for (let i = 0; i < columns.length; i++)
      parts.push(columns[i]?.(record) ?? nothing, i === columns.length - 1 ? lineEnd : separator)
    return Buffer.concat(parts)
  }
}

function headersColumn(
  separator: Buffer,
  decoded: (value: Buffer | null) => Buffer,
): (record: RawRecord) => Buffer {
  return ({ headers }) => {
    if (headers.length === 0) return Buffer.from('NO_HEADERS')
    return Buffer.concat(
      headers.flatMap(({ key, value }, i) => [
        ...(i === 0 ? [] : [separator]),
        Buffer.from(`${key}:`),
        decoded(value),
      ]),
    )
  }
}

/** The formatter of a class name; undefined for one that is not known. */
export function formatterOf(
  className: string,
  properties: ReadonlyMap<string, string>,
  terminal: { err(line: string): void },
): Formatter | undefined {
  const name = className.replace(/^(org\.apache\.kafka\.tools\.consumer|kafka\.tools)\./, '')
  const standard = (): Formatter => defaultFormatter(properties, message => terminal.err(message))
  switch (name) {
    case 'DefaultMessageFormatter':
    case 'LoggingMessageFormatter':
      return standard()
    case 'NoOpMessageFormatter':
      return () => Buffer.alloc(0)
    default:
      return undefined
  }
}
