/**
 * Compression of what may be large, so that the event loop goes on meanwhile: in threads, or piece by piece with rests
 * between. The same bytes and errors as of `compress` and `decompress`.
 */
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Transform } from 'node:stream'
import type { Compression } from './compression.ts'
import { decoderError } from './gzip.ts'
import { lz4CompressLater, Lz4Decoder } from './lz4.ts'
import {
  SnappyBlocks,
  snappyCompressInParts,
  snappyStatedSize,
  snappyUncompress,
  snappyUncompressLater,
} from './snappy.ts'
import { DecompressedTooLargeError } from './too-large.ts'
import { frameEnd, zstdOptions } from './zstd.ts'

/** Called between two pieces of work: what it returns is waited for. */
export type Rest = () => Promise<void> | undefined

/** Pieces that the threads hand over, and that are copied at once. */
const PIECE_BYTES = 1024 * 1024
/** A larger block of snappy is for a thread. */
const BRIEF_BLOCK_BYTES = 256 * 1024

/**
 * The bytes that were compressed.
 * @throws DecompressedTooLargeError when they are more than `maxBytes`; DecodeError when `data` is malformed.
 */
export async function decompressSlowly(
  type: Compression,
  data: Buffer,
  maxBytes: number,
  rest: Rest,
): Promise<Buffer> {
  switch (type) {
    case 'none':
      return data
    case 'gzip':
      return joinSlowly(await inThreads(type, createGunzip(pieces), data, maxBytes), rest)
    case 'snappy':
      return joinSlowly(await snappyParts(data, maxBytes, rest), rest)
    case 'lz4':
      return joinSlowly(await lz4Parts(data, maxBytes, rest), rest)
    case 'zstd':
      return joinSlowly(await zstdParts(data, maxBytes), rest)
  }
}

/** Compresses all of `data`, as `compress` does. */
export async function compressSlowly(
  type: Compression,
  data: Buffer,
  level: number | undefined,
  rest: Rest,
): Promise<Buffer> {
  switch (type) {
    case 'none':
      return data
    case 'gzip': {
      const options = level === undefined ? pieces : { ...pieces, level }
      return joinSlowly(await inThreads(type, createGzip(options), data), rest)
    }
    case 'snappy': {
      const parts: Buffer[] = []
      for (const part of snappyCompressInParts(data)) {
        parts.push(part)
        await rest()
      }
      return joinSlowly(parts, rest)
    }
    case 'lz4':
      return lz4CompressLater(data)
    case 'zstd': {
      const encoder = createZstdCompress({ ...pieces, ...zstdOptions(level) })
      return joinSlowly(await inThreads(type, encoder, data), rest)
    }
  }
}

/** One Buffer of all parts. */
export async function joinSlowly(parts: readonly Buffer[], rest: Rest): Promise<Buffer> {
  if (parts.length === 1) return parts[0] as Buffer
  let total = 0
  for (const part of parts) total += part.length
  const joined = Buffer.allocUnsafeSlow(total)
  let at = 0
  for (const part of parts) {
    for (let from = 0; from < part.length; from += PIECE_BYTES) {
      at += part.copy(joined, at, from, Math.min(from + PIECE_BYTES, part.length))
      await rest()
    }
  }
  return joined
}

const pieces = { chunkSize: PIECE_BYTES } as const

/** What a stream of zlib, which works in threads, makes of `data`. */
async function inThreads(
  type: Compression,
  stream: Transform,
  data: Buffer,
  maxBytes = Infinity,
): Promise<Buffer[]> {
  const parts: Buffer[] = []
  let total = 0
  stream.end(data)
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      total += part.length
      if (total > maxBytes) break
      parts.push(part)
    }
  } catch (error) {
    throw decoderError(type, error, maxBytes)
  }
  if (total > maxBytes) throw new DecompressedTooLargeError(type, `${maxBytes} bytes`)
  return parts
}

async function zstdParts(data: Buffer, maxBytes: number): Promise<Buffer[]> {
  const parts: Buffer[] = []
  let bytesLeft = maxBytes
  let at = 0
  do {
    const end = frameEnd(data, at)
    const decoder = createZstdDecompress(pieces)
    for (const part of await inThreads('zstd', decoder, data.subarray(at, end), bytesLeft)) {
      parts.push(part)
      bytesLeft -= part.length
    }
    at = end
  } while (at < data.length)
  return parts
}

async function snappyParts(data: Buffer, maxBytes: number, rest: Rest): Promise<Buffer[]> {
  const blocks = new SnappyBlocks(data, maxBytes)
  const parts: Buffer[] = []
  for (let block = blocks.next(); block !== undefined; block = blocks.next()) {
    const isBrief = snappyStatedSize(block) <= BRIEF_BLOCK_BYTES
    parts.push(isBrief ? snappyUncompress(block) : await snappyUncompressLater(block))
    await rest()
  }
  return parts
}

async function lz4Parts(data: Buffer, maxBytes: number, rest: Rest): Promise<Buffer[]> {
  const decoder = new Lz4Decoder(data, maxBytes)
  const parts: Buffer[] = []
  for (let part = decoder.next(); part !== undefined; part = decoder.next()) {
    parts.push(part)
    await rest()
  }
  return parts
}
