/**
 * Kafka's deserializers, by the names of their Java classes: from bytes to the text that Java would print. Used by the
 * console consumer only; applications take the serdes of the client.
 */

/** Bytes of a key, value or header to bytes to print. @throws DecodeError */
export type Deserializer = (data: Buffer) => Buffer

/** Data that a deserializer refuses, in Kafka's words. */
export class DecodeError extends Error {}

/** The deserializer of a class; undefined for classes that are not known. */
export function deserializer(className: string): Deserializer | undefined {
  const name = className.replace(/^org\.apache\.kafka\.common\.serialization\./, '')
  return Object.hasOwn(deserializers, name) ? deserializers[name] : undefined
}

const deserializers: Readonly<Record<string, Deserializer>> = {
  StringDeserializer: data => Buffer.from(data.toString('utf8')),
  ByteArrayDeserializer: data => Buffer.from(data.toString('hex')),
  BytesDeserializer: data => Buffer.from(printable(data)),
  BooleanDeserializer: fixed('BooleanDeserializer', 1, data => String(data[0] === 1)),
  ShortDeserializer: fixed('ShortDeserializer', 2, data => String(data.readInt16BE())),
  IntegerDeserializer: fixed('IntegerDeserializer', 4, data => String(data.readInt32BE())),
  LongDeserializer: fixed('LongDeserializer', 8, data => String(data.readBigInt64BE())),
  FloatDeserializer: fixed('FloatDeserializer', 4, data => javaFloat(data.readFloatBE())),
  DoubleDeserializer: fixed('DoubleDeserializer', 8, data => javaDouble(data.readDoubleBE())),
  UUIDDeserializer: data => data,
}

function fixed(name: string, bytes: number, read: (data: Buffer) => string): Deserializer {
  return data => {
    if (data.length !== bytes)
      throw new DecodeError(`Size of data received by ${name} is not ${bytes}`)
    return Buffer.from(read(data))
  }
}

/** As Java's Bytes: printable ASCII as it is, else \xNN. */
function printable(data: Buffer): string {
  return data.reduce(
    (text, byte) =>
      text +
      (byte >= 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`),
    '',
  )
}

/** As Java's Double.toString: the fewest digits that tell the number from others, `1.0E10` from ten million on. */
function javaDouble(value: number): string {
  return javaNumber(value, value.toExponential())
}

function javaFloat(value: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === value) return javaNumber(value, text)
  }
  return javaNumber(value, value.toExponential())
}

function javaNumber(value: number, exponential: string): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', exponentText = '0'] = exponential.split('e')
  const exponent = Number(exponentText)
  if (exponent < -3 || exponent >= 7)
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent}`
  const plain = String(Number(exponential))
  return plain.includes('.') ? plain : `${plain}.0`
}
