/**
 * zstd by Node's zlib. The size that a frame states is checked before anything is decompressed; frames that state
 * none are stopped at the bound.
 */
import { DecodeError } from '@moldau/base'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decoderError } from './gzip.ts'
import { DecompressedTooLargeError } from './too-large.ts'

const frameMagic = 0xfd2fb528
/** Kafka's default level. */
const defaultLevel = 3

export function zstdCompress(data: Buffer, level = defaultLevel): Buffer {
  return zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: level } })
}

/** @throws DecompressedTooLargeError, DecodeError */
export function zstdDecompress(data: Buffer, maxBytes: number): Buffer {
  if (statedSize(data) > maxBytes) throw new DecompressedTooLargeError('zstd', maxBytes)
  try {
    return zstdDecompressSync(data, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (error) {
    throw decoderError('zstd', error, maxBytes)
  }
}

/** What the first frame says that it holds; 0 when it does not say. */
function statedSize(data: Buffer): number {
  if (data.length < 6 || data.readUInt32LE(0) !== frameMagic) return 0
  const descriptor = data[4] as number
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0x03] as number
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes
  const sizeFlag = descriptor >> 6
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag
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
