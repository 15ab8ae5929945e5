/**
 * Decompression of what may become large: gzip and zstd in threads of Node's pool, so that the event loop goes on
 * meanwhile. lz4 and snappy, which take a fraction of that time, at once.
 */
import { promisify } from 'node:util'
import { gunzip as gunzipLater, zstdDecompress as zstdDecompressLater } from 'node:zlib'
import { decompress, type Compression } from './compression.ts'
import { decoderError } from './gzip.ts'

/** Pieces that the threads hand over. */
const CHUNK_BYTES = 1024 * 1024

const decoders = { gzip: promisify(gunzipLater), zstd: promisify(zstdDecompressLater) } as const

/**
 * The bytes that were compressed.
 * @throws DecompressedTooLargeError when they are more than `maxBytes`; DecodeError when `data` is malformed.
 */
export async function decompressSlowly(
  type: Compression,
  data: Buffer,
  maxBytes: number,
): Promise<Buffer> {
  if (type !== 'gzip' && type !== 'zstd') return decompress(type, data, maxBytes)
  try {
    return await decoders[type](data, {
      maxOutputLength: Math.max(1, maxBytes),
      chunkSize: CHUNK_BYTES,
    })
  } catch (error) {
    throw decoderError(type, error, maxBytes)
  }
}
