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
  uncompress(input: Uint8Array, options: { asBuffer: true }): Promise<Buffer>
}

let native: Native | undefined

export function snappyCompress(data: Buffer): Buffer {
  return Buffer.concat([...snappyCompressInParts(data)])
}

/** What `snappyCompress` makes, in parts of about one block. */
export function* snappyCompressInParts(data: Buffer): Generator<Buffer> {
  yield framingHeader
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = codec().compressSync(data.subarray(at, Math.min(at + blockBytes, data.length)))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    yield length
    yield block
  }
}

/** @throws DecompressedTooLargeError, DecodeError */
export function snappyDecompress(data: Buffer, maxBytes: number, blocksMax = Infinity): Buffer {
  const blocks = new SnappyBlocks(data, maxBytes)
  const parts: Buffer[] = []
  for (let block = blocks.next(); block !== undefined; block = blocks.next()) {
    if (parts.length === blocksMax)
      throw new DecompressedTooLargeError('snappy', `${blocksMax} blocks`)
    parts.push(snappyUncompress(block))
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}

/** Finds the blocks, still compressed. `next` throws DecompressedTooLargeError, DecodeError. */
export class SnappyBlocks {
  readonly #data: Buffer
  readonly #maxBytes: number
  readonly #isPlain: boolean
  #at = 0
  #bytesLeft: number

  constructor(data: Buffer, maxBytes: number) {
    this.#data = data
    this.#maxBytes = maxBytes
    this.#bytesLeft = maxBytes
    this.#isPlain = !isFramed(data, 0)
  }

  /** The next block, which does not claim more than may be; undefined behind the last. */
  next(): Buffer | undefined {
    const data = this.#data
    if (this.#isPlain) {
      if (this.#at > 0) return undefined
      this.#at = Infinity
      return this.#checked(data)
    }
    // Streams may be concatenated: each brings its header.
    while (isFramed(data, this.#at)) this.#at += framingHeader.length
    if (this.#at >= data.length) return undefined
    const start = this.#at + 4
    if (start > data.length) throw malformed('a block length is cut short')
    const length = data.readInt32BE(this.#at)
    if (length <= 0 || start + length > data.length) throw malformed(`a block of ${length} bytes`)
    this.#at = start + length
    return this.#checked(data.subarray(start, this.#at))
  }

  #checked(block: Buffer): Buffer {
    const stated = snappyStatedSize(block)
    if (stated > this.#bytesLeft)
      throw new DecompressedTooLargeError('snappy', `${this.#maxBytes} bytes`)
    if (stated > block.length * ratioMax) throw malformed(`a block that claims ${stated} bytes`)
    this.#bytesLeft -= stated
    return block
  }
}

/** Decompresses a block that `SnappyBlocks` has found. @throws DecodeError */
export function snappyUncompress(block: Buffer): Buffer {
  try {
    return codec().uncompressSync(block, { asBuffer: true })
  } catch (error) {
    throw uncompressError(error)
  }
}

/** The same in a thread. */
export async function snappyUncompressLater(block: Buffer): Promise<Buffer> {
  try {
    return await codec().uncompress(block, { asBuffer: true })
  } catch (error) {
    throw uncompressError(error)
  }
}

function isFramed(data: Buffer, at: number): boolean {
  return (
    data.length >= at + framingHeader.length &&
    data.compare(framingHeader, 0, magicBytes, at, at + magicBytes) === 0
  )
}

/** The varint in front of a block. */
export function snappyStatedSize(block: Buffer): number {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) throw malformed('a block without a size')
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  throw malformed('the size of a block is no varint')
}

function uncompressError(error: unknown): DecodeError {
  return malformed(error instanceof Error ? error.message : String(error))
}

function malformed(reason: string): DecodeError {
  return new DecodeError(`Cannot decompress snappy data: ${reason}`)
}

function codec(): Native {
  native ??= createRequire(import.meta.url)('snappy') as Native
  return native
}
