/**
 * zstd by Node's zlib. The size that a frame states is checked before anything is decompressed; frames that state
 * none are stopped at the bound.
 */
import { DecodeError } from '@moldau/base'
import { constants, zstdCompressSync, zstdDecompressSync, type ZstdOptions } from 'node:zlib'
import { decoderError } from './gzip.ts'
import { DecompressedTooLargeError } from './too-large.ts'

const frameMagic = 0xfd2fb528
/** Kafka's default level. */
const defaultLevel = 3

export function zstdCompress(data: Buffer, level?: number): Buffer {
  return zstdCompressSync(data, zstdOptions(level))
}

/** What zlib is told of the level. */
export function zstdOptions(level = defaultLevel): ZstdOptions {
  return { params: { [constants.ZSTD_c_compressionLevel]: level } }
}

/** All frames, one after the other. @throws DecompressedTooLargeError, DecodeError */
export function zstdDecompress(data: Buffer, maxBytes: number, framesMax = Infinity): Buffer {
  let at = frameEnd(data, 0)
  const first = decompressFrame(data.subarray(0, at), maxBytes)
  if (at === data.length) return first
  const parts = [first]
  for (let left = maxBytes - first.length; at < data.length;) {
    if (parts.length === framesMax)
      throw new DecompressedTooLargeError('zstd', `${framesMax} frames`)
    const end = frameEnd(data, at)
    const part = decompressFrame(data.subarray(at, end), left)
    parts.push(part)
    left -= part.length
    at = end
  }
  return Buffer.concat(parts)
}

function decompressFrame(data: Buffer, maxBytes: number): Buffer {
  if (statedSize(data) > maxBytes) throw tooLarge(maxBytes)
  let decompressed: Buffer
  try {
    decompressed = zstdDecompressSync(data, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (error) {
    throw decoderError('zstd', error, maxBytes)
  }
  if (decompressed.length > maxBytes) throw tooLarge(maxBytes)
  return decompressed
}

/**
 * The position behind the frame at `at`; the end of `data` for what is no whole frame, which the decoder then refuses.
 * Node's decoder reads one frame only.
 */
export function frameEnd(data: Buffer, at: number): number {
  if (data.length - at < 6 || data.readUInt32LE(at) !== frameMagic) return data.length
  const descriptor = data[at + 4] as number
  let next = at + headerBytes(descriptor) + sizeFieldBytes(descriptor)
  for (;;) {
    if (next + 3 > data.length) return data.length
    const block = data.readUIntLE(next, 3)
    const isRepeatedByte = ((block >> 1) & 3) === 1
    next += 3 + (isRepeatedByte ? 1 : block >> 3)
    if ((block & 1) === 1) break
  }
  const hasChecksum = (descriptor & 0x04) !== 0
  return Math.min(data.length, next + (hasChecksum ? 4 : 0))
}

/** Bytes of a frame before the size that it states. */
function headerBytes(descriptor: number): number {
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0x03] as number
  return 5 + (isSingleSegment(descriptor) ? 0 : 1) + dictionaryIdBytes
}

/** Bytes of the size that a frame states. */
function sizeFieldBytes(descriptor: number): number {
  const flag = descriptor >> 6
  return flag === 0 ? (isSingleSegment(descriptor) ? 1 : 0) : 1 << flag
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0
}

function tooLarge(maxBytes: number): DecompressedTooLargeError {
  return new DecompressedTooLargeError('zstd', `${maxBytes} bytes`)
}

/** What the frame says that it holds; 0 when it does not say. */
function statedSize(data: Buffer): number {
  if (data.length < 6 || data.readUInt32LE(0) !== frameMagic) return 0
  const descriptor = data[4] as number
  const at = headerBytes(descriptor)
  const sizeBytes = sizeFieldBytes(descriptor)
  if (sizeBytes === 0) return 0
  if (at + sizeBytes > data.length)
    throw new DecodeError('Cannot decompress zstd data: the header is cut short')
  switch (sizeBytes) {
    case 1:
      return data.readUInt8(at)
    case 2:
      return data.readUInt16LE(at) + 256
    case 4:
      return data.readUInt32LE(at)
    default:
      return Number(data.readBigUInt64LE(at))
  }
}
