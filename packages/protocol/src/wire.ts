/**
 * What compiled codecs call for types that have a length: strings, bytes, counts and tag sections, in the old form
 * (fixed-size lengths, -1 for null) and the compact form of flexible versions (varint of length + 1, 0 for null). As in
 * Kafka's classes every length below zero is a null when read; varints are signed for that.
 */
import {
  DecodeError,
  unsignedVarintSize,
  uuidFromBytes,
  uuidToBytes,
  ZERO_UUID,
  type Reader,
  type Writer,
} from '@moldau/base'
import type { UnknownTag } from './schema.ts'

/** Longest string that Kafka reads or writes, in bytes. */
const STRING_BYTES_MAX = 0x7fff
/** Up to here a string is tried as ASCII, character by character. */
const SHORT_STRING = 48

/** For a null where there must be a value. */
export function absent(path: string): never {
  throw new DecodeError(`${path} is null`)
}

/** For a tag whose field another version of the message has. */
export function tagOfOtherVersion(path: string, tag: number): never {
  throw new DecodeError(`${path} has no tag ${tag} in this version`)
}

/** For a value that the version to be written cannot carry. */
export function unsupported(path: string): never {
  throw new RangeError(`${path} has a value, which this version cannot carry`)
}

/** For a null or nothing where the version to be written wants a value. */
export function missing(path: string): never {
  throw new RangeError(`${path} is missing or null`)
}

export function readUuid(reader: Reader): string {
  return uuidFromBytes(reader.buffer, reader.skip(16))
}

export function readString(reader: Reader): string | null {
  const length = reader.int16()
  return length < 0 ? null : reader.string(length)
}

export function readCompactString(reader: Reader): string | null {
  const length = compactLength(reader)
  if (length < 0) return null
  if (length > STRING_BYTES_MAX) throw new DecodeError(`A string has length ${length}`)
  return reader.string(length)
}

export function readBytes(reader: Reader): Buffer | null {
  const length = reader.int32()
  return length < 0 ? null : reader.bytes(length)
}

export function readCompactBytes(reader: Reader): Buffer | null {
  const length = compactLength(reader)
  return length < 0 ? null : reader.bytes(length)
}

/** Elements of an array of at least `elementBytes` each, or less than zero for null. */
export function readCount(reader: Reader, elementBytes: number): number {
  return checkedCount(reader, reader.int32(), elementBytes)
}

/** Elements of a compact array of at least `elementBytes` each, or less than zero for null. */
export function readCompactCount(reader: Reader, elementBytes: number): number {
  return checkedCount(reader, compactLength(reader), elementBytes)
}

function checkedCount(reader: Reader, count: number, elementBytes: number): number {
  if (count * elementBytes > reader.remaining)
    throw new DecodeError(`An array has ${count} elements, but ${reader.remaining} bytes are left`)
  return count
}

/** A length that is written as a varint of one more: 32 bits, and they wrap. */
function compactLength(reader: Reader): number {
  return (reader.unsignedVarint() - 1) | 0
}

export function writeUuid(writer: Writer, value: string): void {
  if (value === ZERO_UUID) {
    const at = writer.reserve(16)
    writer.buffer.fill(0, at, at + 16)
  } else writer.bytes(uuidToBytes(value))
}

export function writeString(writer: Writer, value: string | null): void {
  if (value === null) {
    writer.int16(-1)
    return
  }
  const start = writer.length
  writer.int16(0)
  if (writeAscii(writer, value)) writer.buffer[start + 1] = value.length
  else {
    const length = writer.string(value)
    checkLength(length)
    writer.buffer[start] = length >> 8
    writer.buffer[start + 1] = length
  }
}

export function writeCompactString(writer: Writer, value: string | null): void {
  if (value === null) {
    writer.unsignedVarint(0)
    return
  }
  const start = writer.reserve(1)
  if (writeAscii(writer, value)) writer.buffer[start] = value.length + 1
  else {
    const length = Buffer.byteLength(value)
    checkLength(length)
    writer.length = start
    writer.unsignedVarint(length + 1)
    writer.string(value)
  }
}

function checkLength(length: number): void {
  if (length > STRING_BYTES_MAX)
    throw new RangeError(`A string has ${length} bytes, but ${STRING_BYTES_MAX} is the most`)
}

/** Writes a short string of ASCII; says if it was one. */
function writeAscii(writer: Writer, value: string): boolean {
  const { length } = value
  if (length > SHORT_STRING) return false
  const at = writer.reserve(length)
  const { buffer } = writer
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    if (code > 0x7f) {
      writer.length = at
      return false
    }
    buffer[at + i] = code
  }
  return true
}

export function writeBytes(writer: Writer, value: Uint8Array | null): void {
  if (value === null) writer.int32(-1)
  else {
    writer.int32(value.length)
    writer.bytes(value)
  }
}

export function writeCompactBytes(writer: Writer, value: Uint8Array | null): void {
  if (value === null) writer.unsignedVarint(0)
  else {
    writer.unsignedVarint(value.length + 1)
    writer.bytes(value)
  }
}

/** Begins a tagged value: one byte is kept for its size. Returns what `endTag` wants. */
export function beginTag(writer: Writer, tag: number): number {
  writer.unsignedVarint(tag)
  return writer.reserve(1)
}

/** Puts the size before the value, which moves if one byte is not enough. */
export function endTag(writer: Writer, start: number): void {
  const end = writer.length
  const size = end - start - 1
  const moved = unsignedVarintSize(size) - 1
  if (moved > 0) {
    writer.reserve(moved)
    writer.buffer.copyWithin(start + 1 + moved, start + 1, end)
  }
  let at = start
  let rest = size
  while (rest > 0x7f) {
    writer.buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  writer.buffer[at] = rest
}

/** Tags that came along, in the order in which they are written. */
export function inOrder(tags: readonly UnknownTag[]): readonly UnknownTag[] {
  return tags.toSorted((a, b) => a.tag - b.tag)
}

/** Writes `tags` from `from` on whose number is below `limit`; returns the index of the first that is not written. */
export function writeTagsBelow(
  writer: Writer,
  tags: readonly UnknownTag[],
  from: number,
  limit: number,
): number {
  let i = from
  for (let next = tags[i]; next !== undefined && next.tag < limit; next = tags[++i]) {
    writer.unsignedVarint(next.tag)
    writer.unsignedVarint(next.bytes.length)
    writer.bytes(next.bytes)
  }
  return i
}

/** The default of bytes. */
export const NO_BYTES: Buffer = Buffer.alloc(0)
