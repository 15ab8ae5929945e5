/**
 * A cursor over a Buffer: reads the primitive types of Kafka's protocol, big-endian. Nothing is read beyond `end`:
 * damaged or hostile input ends in a DecodeError, never in an allocation or an endless loop.
 */
import { LONG_MAX, LONG_MIN } from './int64.ts'
import { asNodeBuffer } from './node-buffer.ts'

/** Bytes that are not what they should be. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** Reads from `offset` on; `offset` moves. */
export class Reader {
  readonly buffer: Buffer
  offset: number
  readonly end: number

  constructor(buffer: Buffer, offset = 0, end: number = buffer.length) {
    this.buffer = buffer
    this.offset = offset
    this.end = end
  }

  get remaining(): number {
    return this.end - this.offset
  }

  /** Moves on by `count` bytes and returns where they begin. @throws DecodeError if there are fewer */
  skip(count: number): number {
    const at = this.offset
    if (count < 0 || count > this.end - at)
      throw new DecodeError(`${count} bytes are wanted at ${at}, ${this.end - at} are left`)
    this.offset = at + count
    return at
  }

  boolean(): boolean {
    return this.buffer[this.skip(1)] !== 0
  }

  int8(): number {
    return (this.buffer[this.skip(1)]! << 24) >> 24
  }

  int16(): number {
    const at = this.skip(2)
    const { buffer } = this
    return (((buffer[at]! << 8) | buffer[at + 1]!) << 16) >> 16
  }

  uint16(): number {
    const at = this.skip(2)
    const { buffer } = this
    return (buffer[at]! << 8) | buffer[at + 1]!
  }

  int32(): number {
    const at = this.skip(4)
    const { buffer } = this
    return (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  /** @throws DecodeError for a value that a number cannot hold exactly */
  int64(): number {
    const at = this.skip(8)
    const high = this.buffer.readInt32BE(at)
    const low = this.buffer.readUInt32BE(at + 4)
    const value = high * 4294967296 + low
    if (Number.isSafeInteger(value)) return value
    if (high === 0x7fffffff && low === 0xffffffff) return LONG_MAX
    if (high === -0x80000000 && low === 0) return LONG_MIN
    throw new DecodeError(`The int64 at ${at} is beyond 2^53`)
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.skip(8))
  }

  /** Up to 32 bits in groups of seven, least significant first; as in Kafka, more bits in the fifth byte are ignored. */
  unsignedVarint(): number {
    const { buffer, end } = this
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.offset >= end) throw new DecodeError(`A varint goes beyond the end at ${end}`)
      const byte = buffer[this.offset++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new DecodeError(`The varint before ${this.offset} is longer than 32 bits`)
  }

  /** A signed varint: zig-zag. */
  varint(): number {
    const value = this.unsignedVarint()
    return (value >>> 1) ^ -(value & 1)
  }

  /** A signed varint of up to 64 bits: zig-zag. @throws DecodeError for a value that a number cannot hold exactly */
  varlong(): number {
    let low = 0
    let high = 0
    const { buffer, end } = this
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.offset >= end) throw new DecodeError(`A varint goes beyond the end at ${end}`)
      const byte = buffer[this.offset++]!
      const bits = byte & 0x7f
      if (shift === 63 && byte >= 0x80) break
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte >= 0x80) continue
      const isNegative = (low & 1) === 1
      const half = ((low >>> 1) | (high << 31)) >>> 0
      const upper = high >>> 1
      const magnitude = upper * 4294967296 + half
      const value = isNegative ? -magnitude - 1 : magnitude
      if (Number.isSafeInteger(value)) return value
      if (upper === 0x7fffffff && half === 0xffffffff) return isNegative ? LONG_MIN : LONG_MAX
      throw new DecodeError(`The varint before ${this.offset} is beyond 2^53`)
    }
    throw new DecodeError(`The varint before ${this.offset} is longer than 64 bits`)
  }

  /** UTF-8 text of `length` bytes. */
  string(length: number): string {
    const at = this.skip(length)
    const { buffer } = this
    for (let i = at; i < this.offset; i++)
      if (buffer[i]! > 0x7f) return utf8Text(buffer, at, this.offset)
    return asNodeBuffer(buffer).latin1Slice(at, this.offset)
  }

  /** A view of `length` bytes: no copy. */
  bytes(length: number): Buffer {
    const at = this.skip(length)
    return this.buffer.subarray(at, at + length)
  }
}

/** Text as Java reads it: half of a surrogate pair, in three bytes, becomes one replacement character. */
function utf8Text(buffer: Buffer, start: number, end: number): string {
  const text = asNodeBuffer(buffer).utf8Slice(start, end)
  if (!text.includes(REPLACEMENT)) return text
  const bytes = Buffer.from(buffer.subarray(start, end))
  for (let i = 0; i + 2 < bytes.length; i++)
    if (bytes[i] === 0xed && bytes[i + 1]! >> 5 === 5 && bytes[i + 2]! >> 6 === 2)
      bytes.write(REPLACEMENT, i)
  return bytes.toString('utf8')
}

/** Stands for bytes that are no text: three bytes in UTF-8. */
const REPLACEMENT = '\u{fffd}'
