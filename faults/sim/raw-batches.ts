/**
 * A second reader of Kafka's record batches, for the offline checker: written from the format alone, so that a mistake
 * in `@moldau/protocol` or `@moldau/log` is not made again here. Uncompressed batches only, as the workload writes them.
 */

const HEADER_BYTES = 61

/** One batch, as found in a file. */
export interface RawBatch {
  readonly position: number
  readonly bytes: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly leaderEpoch: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly lastSequence: number
  readonly isTransactional: boolean
  /** 'abort' or 'commit' for a marker, 'other' for another control batch, undefined for data. */
  readonly control: 'abort' | 'commit' | 'other' | undefined
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})

/** CRC-32C, byte by byte. */
export function slowCrc32c(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** The batches of a file. @throws Error at the first byte that is not part of a sound batch */
export function parseBatches(bytes: Buffer): RawBatch[] {
  const batches: RawBatch[] = []
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < HEADER_BYTES) throw new Error(`${bytes.length - at} bytes at ${at}`)
    const size = 12 + bytes.readInt32BE(at + 8)
    if (size < HEADER_BYTES || at + size > bytes.length)
      throw new Error(`a batch of ${size} bytes at ${at} of ${bytes.length}`)
    if (bytes.readInt8(at + 16) !== 2) throw new Error(`magic ${bytes.readInt8(at + 16)} at ${at}`)
    if (slowCrc32c(bytes.subarray(at + 21, at + size)) !== bytes.readUInt32BE(at + 17))
      throw new Error(`a wrong checksum at ${at}`)
    batches.push(parseBatch(bytes.subarray(at, at + size), at))
    at += size
  }
  return batches
}

function parseBatch(bytes: Buffer, position: number): RawBatch {
  const attributes = bytes.readInt16BE(21)
  const baseOffset = Number(bytes.readBigInt64BE(0))
  const baseSequence = bytes.readInt32BE(53)
  const lastDelta = bytes.readInt32BE(23)
  return {
    position,
    bytes: bytes.length,
    baseOffset,
    lastOffset: baseOffset + lastDelta,
    leaderEpoch: bytes.readInt32BE(12),
    maxTimestamp: Number(bytes.readBigInt64BE(35)),
    producerId: Number(bytes.readBigInt64BE(43)),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence,
    lastSequence: baseSequence < 0 ? -1 : baseSequence + lastDelta,
    isTransactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) === 0 ? undefined : controlType(bytes),
  }
}

/** The key of the first record: two bytes of version, two of type. */
function controlType(bytes: Buffer): 'abort' | 'commit' | 'other' {
  let at = HEADER_BYTES
  const skipVarint = (): void => {
    while ((bytes[at++] ?? 0) & 0x80);
  }
  skipVarint()
  at++
  skipVarint()
  skipVarint()
  skipVarint()
  const type = bytes.readInt16BE(at + 2)
  return type === 0 ? 'abort' : type === 1 ? 'commit' : 'other'
}
