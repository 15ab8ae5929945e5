/** Record batches, sound and damaged, with a checksum that is right most of the time; and batches that expand without end. */
import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { crc32c, type Random } from '../packages/base/src/index.ts'
import {
  BatchBuilder,
  compress,
  compressionId,
  type BatchOptions,
  type Compression,
} from '../packages/protocol/src/index.ts'
import { pick } from './mutation.ts'

const HEADER_BYTES = 61
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_DELTA_AT = 23
const COUNT_AT = 57
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const int32s = [0, -1, 1, 2, 0x7fffffff, -0x80000000, 1_000_000]
const timestamps = [1.7e12, 0, -1, 1.8e12, 2 ** 53 - 1]

/** One batch, now and then two; a third of them sound. */
export function randomBatch(random: Random, producerIds: readonly number[]): Buffer {
  const sound = soundBatch(random, producerIds)
  const kind = random.fraction()
  if (kind < 0.35) return sound
  if (kind < 0.4) return Buffer.concat([sound, soundBatch(random, producerIds)])
  return damaged(sound, random)
}

function soundBatch(random: Random, producerIds: readonly number[]): Buffer {
  const options: { -readonly [K in keyof BatchOptions]: BatchOptions[K] } = {
    compression: pick(codecs, random),
  }
  if (random.fraction() < 0.5) {
    options.producerId = pick([...producerIds, 2 ** 53 - 1], random)
    options.producerEpoch = pick([0, 0, 0, 1], random)
    options.baseSequence = pick([0, 1, 5, 0x7fffffff], random)
  }
  if (random.fraction() < 0.1) options.isControl = true
  if (random.fraction() < 0.1) options.isTransactional = true
  const builder = new BatchBuilder(options)
  const count = 1 + random.below(5)
  for (let i = 0; i < count; i++)
    builder.append({
      timestamp: pick(timestamps, random),
      key: random.fraction() < 0.3 ? null : Buffer.from(`k${i}`),
      value: random.fraction() < 0.2 ? null : Buffer.alloc(random.below(300), 97),
      headers: random.fraction() < 0.3 ? [{ key: 'h', value: null }] : [],
    })
  return builder.build()
}

function damaged(sound: Buffer, random: Random): Buffer {
  let batch: Buffer = Buffer.from(sound)
  const steps = 1 + random.below(3)
  for (let i = 0; i < steps && batch.length > HEADER_BYTES; i++) {
    const kind = random.fraction()
    if (kind < 0.3) batch[random.below(HEADER_BYTES)] = random.below(256)
    else if (kind < 0.7)
      batch[HEADER_BYTES + random.below(batch.length - HEADER_BYTES)] = random.below(256)
    else if (kind < 0.8) batch.writeInt32BE(pick(int32s, random), COUNT_AT)
    else if (kind < 0.9) batch.writeInt32BE(pick(int32s, random), LAST_DELTA_AT)
    else if (kind < 0.95) batch = batch.subarray(0, random.below(batch.length + 1))
    else batch.writeInt32BE(pick([...int32s, 48, 49, 50], random), 8)
  }
  if (batch.length >= HEADER_BYTES && random.fraction() < 0.9) writeCrc(batch)
  return batch
}

function writeCrc(batch: Buffer): void {
  batch.writeUInt32BE(crc32c(batch, ATTRIBUTES_AT, batch.length) >>> 0, CRC_AT)
}

/** A batch around compressed records as they are; `count` is what its header says. */
function batchAround(codec: Compression, stored: Buffer, count: number): Buffer {
  const builder = new BatchBuilder({})
  builder.append({ timestamp: 1.7e12, key: null, value: null })
  const batch = Buffer.concat([builder.build().subarray(0, HEADER_BYTES), stored])
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt16BE(compressionId(codec), ATTRIBUTES_AT)
  batch.writeInt32BE(count - 1, LAST_DELTA_AT)
  batch.writeInt32BE(count, COUNT_AT)
  writeCrc(batch)
  return batch
}

/** A batch of less than a megabyte that would be very large when decompressed, or that takes long to walk over. */
export interface Bomb {
  readonly name: string
  readonly batch: Buffer
}

const MB = 1024 * 1024

/** Bombs of each codec: one huge record, many tiny ones, nested data, sizes that lie. */
export function bombs(): Bomb[] {
  const zeros = hugeRecord(100 * MB)
  const tiny = tinyRecords(2_000_000)
  const made: Bomb[] = []
  const add = (name: string, codec: Compression, stored: Buffer, count: number): void => {
    if (stored.length < MB - HEADER_BYTES)
      made.push({ name: `${codec} ${name}`, batch: batchAround(codec, stored, count) })
  }
  add('100 MB in one record', 'gzip', gzipSync(zeros), 1)
  add('100 MB in one record', 'zstd', zstdCompressSync(zeros), 1)
  const unstated = { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } }
  add('100 MB, size not stated', 'zstd', zstdCompressSync(zeros, unstated), 1)
  add('100 MB in one record', 'lz4', compress('lz4', zeros), 1)
  const some = zeros.subarray(0, 19 * MB)
  add('19 MB in one record', 'snappy', compress('snappy', hugeRecord(some.length)), 1)
  for (const codec of ['gzip', 'zstd', 'lz4', 'snappy'] as const) {
    add('2 million tiny records', codec, compress(codec, tiny), 2_000_000)
    add('2 million records, 1 stated', codec, compress(codec, tiny), 1)
    add('200,000 tiny records', codec, compress(codec, tinyRecords(200_000)), 200_000)
    add('2 MB in one record', codec, compress(codec, hugeRecord(2 * MB)), 1)
    add('8 MB in one record', codec, compress(codec, hugeRecord(8 * MB)), 1)
  }
  add('an empty stream without end', 'gzip', Buffer.concat(Array(20_000).fill(gzipSync(''))), 1)
  add('skippable frames', 'lz4', Buffer.concat(Array(60_000).fill(skippable())), 1)
  add('skippable frames', 'zstd', Buffer.concat(Array(60_000).fill(skippable())), 1)
  add('no gzip at all', 'gzip', deflateRawSync(zeros), 1)
  add('a size that lies', 'snappy', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07, 0, 0]), 1)
  return made
}

/** An empty frame that decoders of lz4 and zstd pass over. */
function skippable(): Buffer {
  return Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0])
}

/** A record whose value is zeros. */
function hugeRecord(bytes: number): Buffer {
  const builder = new BatchBuilder({})
  builder.append({ timestamp: 1.7e12, key: null, value: Buffer.alloc(bytes) })
  return builder.build().subarray(HEADER_BYTES)
}

/** Records without key and value. */
function tinyRecords(count: number): Buffer {
  const builder = new BatchBuilder({})
  for (let i = 0; i < count; i++) builder.append({ timestamp: 1.7e12, key: null, value: null })
  return builder.build().subarray(HEADER_BYTES)
}
