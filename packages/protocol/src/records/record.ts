/**
 * One record: its parts as objects, for those who want them, and its encoding inside a batch.
 */

/** A header of a record. */
export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** A record to be written. `timestamp` is milliseconds since 1970. */
export interface RecordInput {
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: readonly RecordHeader[]
}

/** A record that was read. Key, value and header values are views of the bytes it was read from. */
export interface StoredRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

const none: readonly RecordHeader[] = []

/** Bytes of the record without its length field. */
export function recordBodyBytes(
  record: RecordInput,
  timestampDelta: number,
  offsetDelta: number,
): number {
  let bytes = 1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta)
  bytes += lengthPrefixed(record.key) + lengthPrefixed(record.value)
  const headers = record.headers ?? none
  bytes += varintBytes(headers.length)
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i] as RecordHeader
    const keyBytes = Buffer.byteLength(header.key)
    bytes += varintBytes(keyBytes) + keyBytes + lengthPrefixed(header.value)
  }
  return bytes
}

/** Writes the record, length field included, and returns the position behind it. The room must be there. */
export function writeRecord(
  b: Buffer,
  start: number,
  bodyBytes: number,
  record: RecordInput,
  timestampDelta: number,
  offsetDelta: number,
): number {
  let at = writeVarint(b, start, bodyBytes)
  b[at++] = 0
  at = writeVarlong(b, at, timestampDelta)
  at = writeVarint(b, at, offsetDelta)
  at = writeBytes(b, at, record.key)
  at = writeBytes(b, at, record.value)
  const headers = record.headers ?? none
  at = writeVarint(b, at, headers.length)
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i] as RecordHeader
    const keyBytes = Buffer.byteLength(header.key)
    at = writeVarint(b, at, keyBytes)
    at += b.write(header.key, at)
    at = writeBytes(b, at, header.value)
  }
  return at
}

/** Bytes of a zigzag varint of 32 bits. */
export function varintBytes(value: number): number {
  const unsigned = ((value << 1) ^ (value >> 31)) >>> 0
  if (unsigned < 0x80) return 1
  if (unsigned < 0x4000) return 2
  if (unsigned < 0x200000) return 3
  return unsigned < 0x10000000 ? 4 : 5
}

function varlongBytes(value: number): number {
  let unsigned = value < 0 ? -value * 2 - 1 : value * 2
  let bytes = 1
  while (unsigned >= 0x80) {
    unsigned = Math.floor(unsigned / 0x80)
    bytes++
  }
  return bytes
}

function lengthPrefixed(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintBytes(bytes.length) + bytes.length
}

function writeBytes(b: Buffer, at: number, bytes: Buffer | null): number {
  if (bytes === null) {
    b[at] = 1
    return at + 1
  }
  const from = writeVarint(b, at, bytes.length)
  b.set(bytes, from)
  return from + bytes.length
}

function writeVarint(b: Buffer, start: number, value: number): number {
  let at = start
  let unsigned = ((value << 1) ^ (value >> 31)) >>> 0
  while (unsigned >= 0x80) {
    b[at++] = (unsigned & 0x7f) | 0x80
    unsigned >>>= 7
  }
  b[at++] = unsigned
  return at
}

/** Exact for values within 2^52. */
function writeVarlong(b: Buffer, start: number, value: number): number {
  let at = start
  let unsigned = value < 0 ? -value * 2 - 1 : value * 2
  while (unsigned >= 0x80) {
    b[at++] = (unsigned % 0x80) | 0x80
    unsigned = Math.floor(unsigned / 0x80)
  }
  b[at++] = unsigned
  return at
}
