/**
 * snappy, as Java's clients frame it (a magic, two versions, then blocks with their length in front) and as one plain
 * block, which librdkafka sends. We write Java's framing. The block codec is a native module, loaded at first use.
 */
import { DecodeError } from '@moldau/base'
import { createRequire } from 'node:module'
import { DecompressedTooLargeError } from './too-large.ts'

/** The framing's magic, then version 1 and the oldest compatible version 1. */
const framingHeader = Buffer.from([
  0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1,
])
const magicBytes = 8
/** What Java's client puts into a block. */
const blockBytes = 32 * 1024
/** No element of the format makes more than 64 bytes out of its two or three: a larger claim is a lie. */
const ratioMax = 64

interface Native {
  compressSync(input: Uint8Array): Buffer
  uncompressSync(input: Uint8Array, options: { asBuffer: true }): Buffer
}

let native: Native | undefined

export function snappyCompress(data: Buffer): Buffer {
  const parts: Buffer[] = [framingHeader]
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = codec().compressSync(data.subarray(at, Math.min(at + blockBytes, data.length)))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

/** @throws DecompressedTooLargeError, DecodeError */
export function snappyDecompress(data: Buffer, maxBytes: number): Buffer {
  if (!isFramed(data, 0)) return uncompressBlock(data, maxBytes, maxBytes)
  const parts: Buffer[] = []
  let total = 0
  let at = framingHeader.length
  while (at < data.length) {
    // Streams may be concatenated: each brings its header.
    if (isFramed(data, at)) {
      at += framingHeader.length
      continue
    }
    if (at + 4 > data.length) throw malformed('a block length is cut short')
    const length = data.readInt32BE(at)
    at += 4
    if (length <= 0 || at + length > data.length) throw malformed(`a block of ${length} bytes`)
    const part = uncompressBlock(data.subarray(at, at + length), maxBytes - total, maxBytes)
    total += part.length
    parts.push(part)
    at += length
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, total)
}

function isFramed(data: Buffer, at: number): boolean {
  return (
    data.length >= at + framingHeader.length &&
    data.compare(framingHeader, 0, magicBytes, at, at + magicBytes) === 0
  )
}

function uncompressBlock(block: Buffer, roomBytes: number, maxBytes: number): Buffer {
  const stated = statedSize(block)
  if (stated > roomBytes) throw new DecompressedTooLargeError('snappy', maxBytes)
  if (stated > block.length * ratioMax) throw malformed(`a block that claims ${stated} bytes`)
  try {
    return codec().uncompressSync(block, { asBuffer: true })
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error))
  }
}

/** The varint in front of a block. */
function statedSize(block: Buffer): number {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) throw malformed('a block without a size')
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  throw malformed('the size of a block is no varint')
}

function malformed(reason: string): DecodeError {
  return new DecodeError(`Cannot decompress snappy data: ${reason}`)
}

function codec(): Native {
  native ??= createRequire(import.meta.url)('snappy') as Native
  return native
}
