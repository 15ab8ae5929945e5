/**
 * LZ4 in its frame format (KIP-57), parsed here so that sizes are known before anything is decompressed; the block
 * codec is a native module, loaded at first use. Only the first frame counts, as in Kafka; blocks may depend on those before.
 * The checksums of headers and blocks are verified, that of the whole content is not (nor does Kafka): the batch
 * has its own.
 */
import { DecodeError } from '@moldau/base'
import { createRequire } from 'node:module'
import { DecompressedTooLargeError } from './too-large.ts'
import { xxhash32 } from './xxhash32.ts'

const frameMagic = 0x184d2204
/** How far back a dependent block may refer. */
const windowBytes = 64 * 1024
/** No block of n bytes decompresses to more than 255 n. */
const ratioMax = 255
/** Room that a block is given at first: some writers state blocks of 4 MiB for a batch of 16 KB. */
const firstRoomBytes = 64 * 1024
const firstRatio = 4
/** Blocks up to this size are given to the codec in a Buffer that is kept: one for each batch would keep V8 collecting. */
const keptBytes = 64 * 1024
let kept: Buffer | undefined

interface Native {
  compressFrameSync(data: Buffer): Buffer
  compressFrame(data: Buffer): Promise<Buffer>
  /** Input: the size (32 bits, little-endian), then the block. */
  uncompressSync(data: Buffer, dictionary?: Buffer): Buffer
}

/** The descriptor of a frame. */
interface Frame {
  readonly isIndependent: boolean
  readonly hasBlockChecksum: boolean
  readonly hasContentChecksum: boolean
  readonly blockBytesMax: number
  /** undefined when the frame does not say. */
  readonly contentBytes: number | undefined
  readonly blocksAt: number
}

let native: Native | undefined

export function lz4Compress(data: Buffer): Buffer {
  return codec().compressFrameSync(data)
}

/** The same in a thread. */
export function lz4CompressLater(data: Buffer): Promise<Buffer> {
  return codec().compressFrame(data)
}

/** @throws DecompressedTooLargeError, DecodeError */
export function lz4Decompress(data: Buffer, maxBytes: number, blocksMax = Infinity): Buffer {
  const decoder = new Lz4Decoder(data, maxBytes)
  const parts: Buffer[] = []
  for (let part = decoder.next(); part !== undefined; part = decoder.next()) {
    if (parts.length === blocksMax)
      throw new DecompressedTooLargeError('lz4', `${blocksMax} blocks`)
    parts.push(part)
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}

/** Decompresses a frame block by block. The constructor and `next` throw DecompressedTooLargeError, DecodeError. */
export class Lz4Decoder {
  readonly #data: Buffer
  readonly #maxBytes: number
  readonly #frame: Frame
  #at: number
  #total = 0
  #window: Buffer | undefined

  constructor(data: Buffer, maxBytes: number) {
    if (readUInt32(data, 0) !== frameMagic) throw malformed('no frame')
    this.#data = data
    this.#maxBytes = maxBytes
    this.#frame = readDescriptor(data, 4)
    this.#at = this.#frame.blocksAt
    if ((this.#frame.contentBytes ?? 0) > maxBytes) throw tooLarge(maxBytes)
  }

  /** The next block; undefined when the frame is at its end. */
  next(): Buffer | undefined {
    const data = this.#data
    const frame = this.#frame
    const field = readUInt32(data, this.#at)
    const at = this.#at + 4
    if (field === 0) {
      this.#checkEnd(at)
      return undefined
    }
    const length = field & 0x7fffffff
    if (at + length > data.length) throw malformed('a block is cut short')
    const isStored = field >>> 31 === 1
    const part = isStored
      ? data.subarray(at, at + length)
      : decodeBlock(data, at, length, frame.blockBytesMax, this.#window)
    if (part.length > frame.blockBytesMax)
      throw malformed('a block is larger than its frame allows')
    this.#total += part.length
    if (this.#total > this.#maxBytes) throw tooLarge(this.#maxBytes)
    this.#at = at + length
    if (frame.hasBlockChecksum) {
      if (readUInt32(data, this.#at) !== xxhash32(data, at, this.#at))
        throw malformed('the checksum of a block is wrong')
      this.#at += 4
    }
    if (!frame.isIndependent) this.#window = lastWindow(this.#window, part)
    return part
  }

  #checkEnd(blocksEnd: number): void {
    const { hasContentChecksum, contentBytes } = this.#frame
    const end = hasContentChecksum ? blocksEnd + 4 : blocksEnd
    if (end > this.#data.length) throw malformed('it is cut short')
    if (contentBytes !== undefined && contentBytes !== this.#total)
      throw malformed('the stated size is wrong')
  }
}

function readDescriptor(data: Buffer, start: number): Frame {
  const flags = readByte(data, start)
  const blockDescriptor = readByte(data, start + 1)
  if (flags >> 6 !== 1) throw malformed(`version ${flags >> 6} of the frame`)
  if ((flags & 0x02) !== 0 || (blockDescriptor & 0x8f) !== 0)
    throw malformed('reserved bits are set')
  const sizeCode = blockDescriptor >> 4
  if (sizeCode < 4) throw malformed(`block size ${sizeCode}`)
  const hasContentBytes = (flags & 0x08) !== 0
  let at = start + 2
  let contentBytes: number | undefined
  if (hasContentBytes) {
    contentBytes = readUInt32(data, at) + readUInt32(data, at + 4) * 0x100000000
    at += 8
  }
  if ((flags & 0x01) !== 0) at += 4
  const checksum = readByte(data, at)
  if (checksum !== ((xxhash32(data, start, at) >>> 8) & 0xff))
    throw malformed('the checksum of the frame header is wrong')
  return {
    isIndependent: (flags & 0x20) !== 0,
    hasBlockChecksum: (flags & 0x10) !== 0,
    hasContentChecksum: (flags & 0x04) !== 0,
    blockBytesMax: 1 << (8 + 2 * sizeCode),
    contentBytes,
    blocksAt: at + 1,
  }
}

function decodeBlock(
  data: Buffer,
  at: number,
  length: number,
  blockBytesMax: number,
  window: Buffer | undefined,
): Buffer {
  const prefixed = inputOf(4 + length)
  data.copy(prefixed, 4, at, at + length)
  const roomMax = Math.min(blockBytesMax, length * ratioMax)
  const room = Math.min(roomMax, Math.max(firstRoomBytes, length * firstRatio))
  try {
    return uncompress(prefixed, room, window)
  } catch (error) {
    if (room === roomMax) throw error
    return uncompress(prefixed, roomMax, window)
  }
}

/** Of use until the next call. */
function inputOf(bytes: number): Buffer {
  if (bytes > keptBytes) return Buffer.allocUnsafe(bytes)
  kept ??= Buffer.allocUnsafeSlow(keptBytes)
  return kept.subarray(0, bytes)
}

function uncompress(prefixed: Buffer, room: number, window: Buffer | undefined): Buffer {
  prefixed.writeUInt32LE(room, 0)
  try {
    return codec().uncompressSync(prefixed, window)
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error))
  }
}

function lastWindow(window: Buffer | undefined, part: Buffer): Buffer {
  if (window === undefined || part.length >= windowBytes) return part.subarray(-windowBytes)
  return Buffer.concat([window, part]).subarray(-windowBytes)
}

function readByte(data: Buffer, at: number): number {
  const byte = data[at]
  if (byte === undefined) throw malformed('it is cut short')
  return byte
}

function readUInt32(data: Buffer, at: number): number {
  if (at + 4 > data.length) throw malformed('it is cut short')
  return data.readUInt32LE(at)
}

function tooLarge(maxBytes: number): DecompressedTooLargeError {
  return new DecompressedTooLargeError('lz4', `${maxBytes} bytes`)
}

function malformed(reason: string): DecodeError {
  return new DecodeError(`Cannot decompress lz4 data: ${reason}`)
}

function codec(): Native {
  native ??= createRequire(import.meta.url)('lz4-napi') as Native
  return native
}
