/**
 * Compression of a batch's records: Kafka's five types, each with a bound on what it may decompress to. Called by
 * the batch builder, the batch reader and the validator; nothing here knows of records.
 */
import { DecodeError, releaseMemory } from '@moldau/base'
import { gunzip, gzip } from './gzip.ts'
import { zstdDecompressKept } from './kept-zstd.ts'
import { lz4Compress, lz4Decompress } from './lz4.ts'
import { snappyCompress, snappyDecompress } from './snappy.ts'
import { zstdCompress, zstdDecompress } from './zstd.ts'

/** Kafka's names; the position is the id in a batch's attributes. */
const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** What `decompressBriefly` takes: four times what Java's client makes of 1 MiB. */
const BRIEF_PARTS_MAX = 128

/** The last result of `decompressBriefly`. */
let lent: Buffer | undefined

/** How the records of a batch are compressed. */
export type Compression = (typeof names)[number]

/** Name of an id. @throws DecodeError for an unknown one. */
export function compressionById(id: number): Compression {
  const name = names[id]
  if (name === undefined) throw new DecodeError(`Cannot read a batch of compression ${id}: unknown`)
  return name
}

/** The id in a batch's attributes. */
export function compressionId(type: Compression): number {
  return names.indexOf(type)
}

/** Compresses all of `data`; `level` is for gzip (1 to 9) and zstd (-131072 to 22). Returns `data` itself for 'none'. */
export function compress(type: Compression, data: Buffer, level?: number): Buffer {
  switch (type) {
    case 'none':
      return data
    case 'gzip':
      return gzip(data, level)
    case 'snappy':
      return snappyCompress(data)
    case 'lz4':
      return lz4Compress(data)
    case 'zstd':
      return zstdCompress(data, level)
  }
}

/**
 * The bytes that were compressed.
 * @throws DecompressedTooLargeError when they are more than `maxBytes`, or in more than `partsMax` blocks of snappy or
 * lz4 or frames of zstd; DecodeError when `data` is malformed.
 */
export function decompress(
  type: Compression,
  data: Buffer,
  maxBytes: number,
  partsMax = Infinity,
): Buffer {
  switch (type) {
    case 'none':
      return data
    case 'gzip':
      return gunzip(data, maxBytes)
    case 'snappy':
      return snappyDecompress(data, maxBytes, partsMax)
    case 'lz4':
      return lz4Decompress(data, maxBytes, partsMax)
    case 'zstd':
      return zstdDecompress(data, maxBytes, partsMax)
  }
}

/**
 * As `decompress`, but the result is only lent: it is valid until the next call. Not of many small parts, which take
 * as long as many bytes.
 * @throws DecompressedTooLargeError, DecodeError
 */
export function decompressBriefly(type: Compression, data: Buffer, maxBytes: number): Buffer {
  const kept = type === 'zstd' ? zstdDecompressKept(data, maxBytes) : undefined
  if (kept !== undefined) return kept
  // Native codecs give each result memory of its own: what was lent before goes back now, or V8 collects all the time.
  if (lent !== undefined) releaseMemory(lent)
  lent = undefined
  const result = decompress(type, data, maxBytes, BRIEF_PARTS_MAX)
  if (result !== data) lent = result
  return result
}
