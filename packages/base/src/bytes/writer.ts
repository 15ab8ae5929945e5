/** Writes the primitive types of Kafka's protocol, big-endian, into a Buffer that grows. */
import { hasInt64, LONG_MAX } from './int64.ts'
import { asNodeBuffer } from './node-buffer.ts'

/** Appends at `length`. */
export class Writer {
  buffer: Buffer
  length = 0

  constructor(initialBytes = 256) {
    this.buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** Makes room for `count` bytes and returns where they go. */
  reserve(count: number): number {
    const at = this.length
    const end = at + count
    if (end > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, end))
      this.buffer.copy(grown, 0, 0, at)
      this.buffer = grown
    }
    this.length = end
    return at
  }

  boolean(value: boolean): void {
    const at = this.reserve(1)
    this.buffer[at] = value ? 1 : 0
  }

  int8(value: number): void {
    whole(value, -0x80, 0x7f)
    const at = this.reserve(1)
    this.buffer[at] = value
  }

  int16(value: number): void {
    whole(value, -0x8000, 0x7fff)
    this.#two(value)
  }

  uint16(value: number): void {
    whole(value, 0, 0xffff)
    this.#two(value)
  }

  #two(value: number): void {
    const at = this.reserve(2)
    this.buffer[at] = value >> 8
    this.buffer[at + 1] = value
  }

  int32(value: number): void {
    whole(value, -0x80000000, 0x7fffffff)
    this.#four(value)
  }

  uint32(value: number): void {
    whole(value, 0, 0xffffffff)
    this.#four(value)
  }

  #four(value: number): void {
    const at = this.reserve(4)
    const { buffer } = this
    buffer[at] = value >> 24
    buffer[at + 1] = value >> 16
    buffer[at + 2] = value >> 8
    buffer[at + 3] = value
  }

  /** @throws RangeError for a value that an int64 cannot hold, or that a number does not hold exactly */
  int64(value: number): void {
    if (!hasInt64(value)) throw new RangeError(`${value} is no int64 that a number holds exactly`)
    const at = this.reserve(8)
    if (value === LONG_MAX) {
      this.buffer.writeUInt32BE(0x7fffffff, at)
      this.buffer.writeUInt32BE(0xffffffff, at + 4)
      return
    }
    const high = Math.floor(value / 4294967296)
    this.buffer.writeInt32BE(high, at)
    this.buffer.writeUInt32BE(value - high * 4294967296, at + 4)
  }

  float64(value: number): void {
    const at = this.reserve(8)
    this.buffer.writeDoubleBE(value, at)
  }

  unsignedVarint(value: number): void {
    let rest = value >>> 0
    let at = this.reserve(5)
    const { buffer } = this
    while (rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    buffer[at++] = rest
    this.length = at
  }

  /** Zig-zag, 32 bits. */
  varint(value: number): void {
    whole(value, -0x80000000, 0x7fffffff)
    this.unsignedVarint((value << 1) ^ (value >> 31))
  }

  /** Zig-zag, 64 bits. @throws RangeError as `int64` */
  varlong(value: number): void {
    if ((value | 0) === value) {
      this.varint(value)
      return
    }
    if (!hasInt64(value)) throw new RangeError(`${value} is no int64 that a number holds exactly`)
    const exact = value === LONG_MAX ? 0x7fffffffffffffffn : BigInt(value)
    let rest = BigInt.asUintN(64, (exact << 1n) ^ (exact >> 63n))
    let at = this.reserve(10)
    while (rest > 0x7fn) {
      this.buffer[at++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.buffer[at++] = Number(rest)
    this.length = at
  }

  /** UTF-8 text without its length; returns the number of bytes. */
  string(value: string): number {
    const count = Buffer.byteLength(value)
    const at = this.reserve(count)
    if (count === value.length) asNodeBuffer(this.buffer).latin1Write(value, at, count)
    else asNodeBuffer(this.buffer).utf8Write(value, at, count)
    return count
  }

  /** Bytes without their length. */
  bytes(value: Uint8Array): void {
    const at = this.reserve(value.length)
    this.buffer.set(value, at)
  }

  /** What was written: a view, which later writes may change. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.length)
  }
}

function whole(value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${value} is no whole number from ${min} to ${max}`)
}
