/**
 * The header of a record batch (format 2), read and written in place: functions over a Buffer and the position where
 * the batch begins. Nothing here allocates; callers have made sure that the header's 61 bytes are there.
 */
import { crc32c, DecodeError } from '@moldau/base'
import { compressionById, type Compression } from '../compression/compression.ts'

/** Bytes of the header, from the base offset to the record count. */
export const HEADER_BYTES = 61
/** Bytes before the length field's end: what a stored length does not count. */
export const LOG_OVERHEAD_BYTES = 12
/** The format that this file reads and writes. */
export const MAGIC = 2

const lengthAt = 8
const leaderEpochAt = 12
const magicAt = 16
const crcAt = 17
/** From here to its end the batch is covered by its checksum. */
const attributesAt = 21
const lastOffsetDeltaAt = 23
const baseTimestampAt = 27
const maxTimestampAt = 35
const producerIdAt = 43
const producerEpochAt = 51
const baseSequenceAt = 53
const recordCountAt = 57

const compressionMask = 0x07
const logAppendTimeBit = 0x08
const transactionalBit = 0x10
const controlBit = 0x20
const deleteHorizonBit = 0x40

/** Who gave the records their timestamps: the producer, or the broker at append. */
export type TimestampType = 'CreateTime' | 'LogAppendTime'

export function baseOffset(b: Buffer, at: number): number {
  return readInt64(b, at)
}

/** The whole batch, header included. */
export function sizeInBytes(b: Buffer, at: number): number {
  return LOG_OVERHEAD_BYTES + b.readInt32BE(at + lengthAt)
}

export function partitionLeaderEpoch(b: Buffer, at: number): number {
  return b.readInt32BE(at + leaderEpochAt)
}

export function magic(b: Buffer, at: number): number {
  return b.readInt8(at + magicAt)
}

/** The stored checksum, unsigned. */
export function crc(b: Buffer, at: number): number {
  return b.readUInt32BE(at + crcAt)
}

export function attributes(b: Buffer, at: number): number {
  return b.readInt16BE(at + attributesAt)
}

/** @throws DecodeError for a compression that Kafka does not know. */
export function compression(b: Buffer, at: number): Compression {
  return compressionById(attributes(b, at) & compressionMask)
}

export function timestampType(b: Buffer, at: number): TimestampType {
  return (attributes(b, at) & logAppendTimeBit) === 0 ? 'CreateTime' : 'LogAppendTime'
}

export function isTransactional(b: Buffer, at: number): boolean {
  return (attributes(b, at) & transactionalBit) !== 0
}

/** Whether the batch holds control records, which only brokers write. */
export function isControl(b: Buffer, at: number): boolean {
  return (attributes(b, at) & controlBit) !== 0
}

/** When tombstones and markers of this batch may go, or undefined where the cleaner has not set a time (KIP-534). */
export function deleteHorizonMs(b: Buffer, at: number): number | undefined {
  return (attributes(b, at) & deleteHorizonBit) === 0 ? undefined : baseTimestamp(b, at)
}

export function lastOffsetDelta(b: Buffer, at: number): number {
  return b.readInt32BE(at + lastOffsetDeltaAt)
}

/** Compaction keeps it, so the last record may be gone. */
export function lastOffset(b: Buffer, at: number): number {
  return baseOffset(b, at) + lastOffsetDelta(b, at)
}

/** What the timestamp deltas of the records count from. */
export function baseTimestamp(b: Buffer, at: number): number {
  return readInt64(b, at + baseTimestampAt)
}

export function maxTimestamp(b: Buffer, at: number): number {
  return readInt64(b, at + maxTimestampAt)
}

/** −1 without a producer id. */
export function producerId(b: Buffer, at: number): number {
  return readInt64(b, at + producerIdAt)
}

export function producerEpoch(b: Buffer, at: number): number {
  return b.readInt16BE(at + producerEpochAt)
}

/** −1 without a sequence. */
export function baseSequence(b: Buffer, at: number): number {
  return b.readInt32BE(at + baseSequenceAt)
}

/** Sequence of the last record; sequences wrap from 2^31−1 to 0. −1 without a sequence. */
export function lastSequence(b: Buffer, at: number): number {
  const first = baseSequence(b, at)
  return first < 0 ? -1 : (first + lastOffsetDelta(b, at)) % 2 ** 31
}

export function recordCount(b: Buffer, at: number): number {
  return b.readInt32BE(at + recordCountAt)
}

/** Outside the checksum. */
export function setBaseOffset(b: Buffer, at: number, offset: number): void {
  writeInt64(b, at, offset)
}

/** Outside the checksum. */
export function setPartitionLeaderEpoch(b: Buffer, at: number, epoch: number): void {
  b.writeInt32BE(epoch, at + leaderEpochAt)
}

/** Sets the timestamp type and the largest timestamp, and the checksum unless nothing changed. */
export function setMaxTimestamp(
  b: Buffer,
  at: number,
  type: TimestampType,
  timestamp: number,
): void {
  if (timestampType(b, at) === type && maxTimestamp(b, at) === timestamp) return
  const others = attributes(b, at) & ~logAppendTimeBit
  b.writeInt16BE(type === 'LogAppendTime' ? others | logAppendTimeBit : others, at + attributesAt)
  writeInt64(b, at + maxTimestampAt, timestamp)
  setCrc(b, at)
}

/** Gives the batch its producer identity and first sequence, and a new checksum. */
export function setProducer(
  b: Buffer,
  at: number,
  producer: { producerId: number; producerEpoch: number; baseSequence: number },
): void {
  writeInt64(b, at + producerIdAt, producer.producerId)
  b.writeInt16BE(producer.producerEpoch, at + producerEpochAt)
  b.writeInt32BE(producer.baseSequence, at + baseSequenceAt)
  setCrc(b, at)
}

/** Whether the stored checksum is that of the bytes. The whole batch must be there. */
export function isCrcValid(b: Buffer, at: number): boolean {
  return crc(b, at) === computeCrc(b, at)
}

/** Stores the checksum of the bytes as they are. */
export function setCrc(b: Buffer, at: number): void {
  b.writeUInt32BE(computeCrc(b, at), at + crcAt)
}

/** The fields of a header as `writeHeader` takes them. */
export interface BatchHeader {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly attributes: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordCount: number
}

/** Writes a header for the batch that fills `b` from `at` to `end`, checksum included. */
export function writeHeader(b: Buffer, at: number, end: number, header: BatchHeader): void {
  writeInt64(b, at, header.baseOffset)
  b.writeInt32BE(end - at - LOG_OVERHEAD_BYTES, at + lengthAt)
  b.writeInt32BE(header.partitionLeaderEpoch, at + leaderEpochAt)
  b.writeInt8(MAGIC, at + magicAt)
  b.writeInt16BE(header.attributes, at + attributesAt)
  b.writeInt32BE(header.lastOffsetDelta, at + lastOffsetDeltaAt)
  writeInt64(b, at + baseTimestampAt, header.baseTimestamp)
  writeInt64(b, at + maxTimestampAt, header.maxTimestamp)
  writeInt64(b, at + producerIdAt, header.producerId)
  b.writeInt16BE(header.producerEpoch, at + producerEpochAt)
  b.writeInt32BE(header.baseSequence, at + baseSequenceAt)
  b.writeInt32BE(header.recordCount, at + recordCountAt)
  setCrc(b, at)
}

/** The attribute bits of these properties. */
export function attributesOf(properties: {
  compressionId: number
  timestampType: TimestampType
  isTransactional: boolean
  isControl: boolean
  hasDeleteHorizon: boolean
}): number {
  return (
    properties.compressionId |
    (properties.timestampType === 'LogAppendTime' ? logAppendTimeBit : 0) |
    (properties.isTransactional ? transactionalBit : 0) |
    (properties.isControl ? controlBit : 0) |
    (properties.hasDeleteHorizon ? deleteHorizonBit : 0)
  )
}

/** The attributes with another compression. */
export function withCompressionId(attributeBits: number, compressionId: number): number {
  return (attributeBits & ~compressionMask) | compressionId
}

/** Whether every 64-bit field of the header is within what a number holds exactly. */
export function hasExactIntegers(b: Buffer, at: number): boolean {
  return (
    isExact(b, at) &&
    isExact(b, at + baseTimestampAt) &&
    isExact(b, at + maxTimestampAt) &&
    isExact(b, at + producerIdAt)
  )
}

function computeCrc(b: Buffer, at: number): number {
  return crc32c(b, at + attributesAt, at + sizeInBytes(b, at))
}

function isExact(b: Buffer, at: number): boolean {
  const high = b.readInt32BE(at)
  return high >= -0x200000 && high < 0x200000
}

function readInt64(b: Buffer, at: number): number {
  const high = b.readInt32BE(at)
  if (high < -0x200000 || high >= 0x200000)
    throw new DecodeError(`Cannot read a 64-bit integer at byte ${at}: it is beyond 2^53`)
  return high * 0x100000000 + b.readUInt32BE(at + 4)
}

function writeInt64(b: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 0x100000000)
  b.writeInt32BE(high, at)
  b.writeUInt32BE(value - high * 0x100000000, at + 4)
}
