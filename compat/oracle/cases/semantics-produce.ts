/** SEMANTICS 2c: what a produce is refused for, and what becomes of the batches that are not. */
import { Apis, batch, compress, compressionId, type Compression } from '@moldau/protocol'
import { testCase, type Case } from '../case.ts'
import { batchOf, batchOfRecords, patched, spoilt, TIME } from '../semantics/batches.ts'
import { createTopic, fetch, offer, produce, produceInput } from '../semantics/steps.ts'

/** Positions in the header of a batch. */
const LEADER_EPOCH = 12
const MAGIC = 16
const ATTRIBUTES_LOW = 22
const LAST_OFFSET_DELTA = 23
const MAX_TIMESTAMP = 35
const RECORD_COUNT = 57
const FIRST_RECORD = 61

/** A batch of one record of this time. */
function at(timestamp: number): Buffer {
  return batchOfRecords([{ timestamp, key: null, value: Buffer.from('v') }])
}

/** A batch with the header of another and these records, compressed. */
function packed(plain: Buffer, records: Buffer, compression: Compression): Buffer {
  const compressed = Buffer.concat([
    plain.subarray(0, FIRST_RECORD),
    compress(compression, records),
  ])
  compressed.writeInt32BE(compressed.length - 12, 8)
  return patched(compressed, ATTRIBUTES_LOW, [compressionId(compression)])
}

const codecs: readonly Compression[] = ['gzip', 'snappy', 'lz4', 'zstd']

export const cases: readonly Case[] = [
  testCase('2c.27 a partition takes exactly one batch of format 2 in a request', async side => {
    const topic = await createTopic(side, 'one-batch')
    const sound = batchOf(['a', 'b'])
    for (const version of [3, 7, 8, 12]) {
      await offer(side, topic, Buffer.concat([sound, sound]), { version })
      await offer(side, topic, Buffer.alloc(0), { version })
      for (const magic of [0, 1, 3, -1])
        await offer(side, topic, patched(sound, MAGIC, [magic & 0xff]), { version })
      await offer(side, topic, sound, { version })
    }
  }),

  testCase('2c.27 bytes that hold no whole batch are refused', async side => {
    const topic = await createTopic(side, 'cut')
    const sound = batchOf(['a', 'b'])
    for (const length of [1, 11, 12, 16, 17, 60, 61, sound.length - 1])
      await offer(side, topic, sound.subarray(0, length))
  }),

  testCase('2c.27 bytes behind the batch that are none themselves are dropped', async side => {
    const topic = await createTopic(side, 'behind')
    const sound = batchOf(['a', 'b'])
    const parts: Buffer[] = [Buffer.alloc(5), Buffer.alloc(11), Buffer.alloc(12), Buffer.alloc(61)]
    for (const length of [12, 16, 17, 61, sound.length - 1]) parts.push(sound.subarray(0, length))
    for (const part of parts) await offer(side, topic, Buffer.concat([sound, part]))
    // A length that is less than that of any batch; a format that there is not.
    await offer(side, topic, Buffer.concat([sound, spoilt(sound.subarray(0, 20), 11, [13])]))
    await offer(side, topic, Buffer.concat([sound, spoilt(sound.subarray(0, 20), MAGIC, [9])]))
    await offer(side, topic, spoilt(sound, 11, [13]))
    await offer(side, topic, spoilt(sound, 11, [14]))
    await offer(side, topic, spoilt(sound, 11, [48]))
    await offer(side, topic, spoilt(sound, 8, [0xff]))
    await fetch(side, topic, 0)
  }),

  testCase('2c.27 zstd is refused before version 7', async side => {
    const topic = await createTopic(side, 'old-zstd')
    const records = batchOf(['a'], { compression: 'zstd' })
    for (const version of [3, 4, 5, 6, 7, 8]) await produce(side, topic, records, { version })
  }),

  testCase('2c.28 the checksum covers neither base offset nor leader epoch', async side => {
    const topic = await createTopic(side, 'checksum')
    const sound = batchOf(['a'])
    await offer(side, topic, spoilt(sound, LEADER_EPOCH, [0, 0, 0, 77]))
    // The base offset is outside the checksum too, but must be 0.
    await offer(side, topic, spoilt(sound, 7, [9]))
    const { records } = await fetch(side, topic, 0)
    const stored = records ?? Buffer.alloc(0)
    side.observe(
      'the checksum is the one that was sent',
      batch.crc(stored, 0) === batch.crc(sound, 0),
    )
    side.observe('the leader epoch is that of the broker', batch.partitionLeaderEpoch(stored, 0))
  }),

  testCase('2c.29 a wrong checksum, whatever byte was changed', async side => {
    const topic = await createTopic(side, 'corrupt')
    const sound = batchOf(['abcdef', 'ghijkl'])
    for (const at of [17, 20, ATTRIBUTES_LOW, 30, 40, 50, 55, FIRST_RECORD, sound.length - 1])
      await offer(side, topic, spoilt(sound, at, [(sound[at] ?? 0) ^ 0x40]))
  }),

  testCase('2c.29 clients may not write control batches', async side => {
    const topic = await createTopic(side, 'control')
    await offer(side, topic, batchOf(['a'], { isControl: true }))
    await offer(side, topic, batchOf(['a'], { isControl: true }), { version: 3 })
  }),

  testCase('2c.29 a compacted topic names each record that has no key', async side => {
    const topic = await createTopic(side, 'compacted', { 'cleanup.policy': 'compact' })
    const key = Buffer.from('k')
    const value = Buffer.from('v')
    const mixed = [key, null, key, null, null, null].map((one, i) => ({
      timestamp: TIME + i,
      key: one,
      value,
    }))
    for (const version of [3, 7, 8, 12]) {
      await produce(side, topic, batchOfRecords(mixed), { version })
      await produce(side, topic, batchOf(['keyless']), { version })
    }
    await produce(side, topic, batchOfRecords(mixed, { compression: 'gzip' }))
    await produce(side, topic, batchOfRecords([{ timestamp: TIME, key, value: null }]))
  }),

  testCase('2c.29 timestamps may be missing but not far in the future', async side => {
    const topic = await createTopic(side, 'times')
    await produce(side, topic, at(-1))
    await produce(side, topic, at(0))
    await produce(side, topic, at(-2))
    // The text of the refusal holds a time that is not now.
    const answer = await side.quiet(Apis.Produce, 12, produceInput(topic, at(Date.UTC(2200, 0))))
    const row = answer.responses[0]?.partitionResponses[0]
    side.observe('in two centuries', [
      row?.errorCode,
      row?.recordErrors.length,
      row?.logStartOffset,
    ])
  }),

  testCase('2c.29 the bounds of timestamps are a matter of the topic', async side => {
    const day = 24 * 3600 * 1000
    const topic = await createTopic(side, 'bounds', {
      'message.timestamp.before.max.ms': String(day),
      'message.timestamp.after.max.ms': String(day),
    })
    for (const version of [3, 7, 8, 12]) {
      await produce(side, topic, batchOf(['a', 'b']), { version })
      await produce(side, topic, at(Date.UTC(2200, 0)), { version })
    }
    await produce(side, topic, batchOf(['a', 'b'], { compression: 'gzip' }))
    await produce(side, topic, at(-1))
  }),

  testCase('2c.30 count, last offset delta and offset deltas must agree', async side => {
    const topic = await createTopic(side, 'counts')
    const sound = batchOf(['a', 'b', 'c'])
    await offer(side, topic, patched(sound, LAST_OFFSET_DELTA, [0, 0, 0, 1]))
    await offer(side, topic, patched(sound, LAST_OFFSET_DELTA, [0, 0, 0, 5]))
    await offer(side, topic, patched(sound, LAST_OFFSET_DELTA, [0xff, 0xff, 0xff, 0xff]))
    for (const count of [0, 1, 2, 4, 0xff])
      await offer(side, topic, patched(sound, RECORD_COUNT + 3, [count]))
    await offer(side, topic, patched(sound, RECORD_COUNT, [0xff, 0xff, 0xff, 0xff]))
    for (const count of [1, 2, 4, 9]) {
      // Both fields agree with one another, and not with the records.
      const both = patched(sound, LAST_OFFSET_DELTA + 3, [count - 1])
      await offer(side, topic, patched(both, RECORD_COUNT + 3, [count]))
    }
    // length, attributes, timestamp delta, offset delta
    await offer(side, topic, patched(sound, FIRST_RECORD + 3, [2]))
    await offer(side, topic, patched(sound, FIRST_RECORD + 3, [1]))
    await offer(side, topic, patched(sound, FIRST_RECORD + 3, [40]))
    await offer(side, topic, sound)
    await fetch(side, topic, 0)
  }),

  testCase('2c.30 the offset deltas of compressed records count from 0', async side => {
    const topic = await createTopic(side, 'deltas')
    const plain = batchOf(['a', 'b', 'c'])
    for (const compression of codecs)
      for (const delta of [2, 1, 40]) {
        const records = Buffer.from(plain.subarray(FIRST_RECORD))
        records[3] = delta
        await offer(side, topic, packed(plain, records, compression))
      }
    // The second record says that it is packed itself.
    const nested = Buffer.from(plain.subarray(FIRST_RECORD))
    nested[9] = 1
    await offer(side, topic, packed(plain, nested, 'gzip'))
    await offer(side, topic, patched(plain, FIRST_RECORD + 9, [1]))
    await fetch(side, topic, 0)
  }),

  testCase('2c.30 records inside are looked at, compressed or not', async side => {
    const topic = await createTopic(side, 'inner')
    const sound = batchOf(['a', 'b', 'c'])
    await offer(side, topic, patched(sound, FIRST_RECORD, [0x7e]))
    await offer(side, topic, patched(sound, FIRST_RECORD, [0]))
    await offer(side, topic, patched(sound, FIRST_RECORD, [1]))
    // A key of five bytes, a value of 40, two headers, where there is nothing of the kind.
    await offer(side, topic, patched(sound, FIRST_RECORD + 4, [10]))
    await offer(side, topic, patched(sound, FIRST_RECORD + 5, [80]))
    await offer(side, topic, patched(sound, FIRST_RECORD + 7, [4]))
    await offer(side, topic, patched(sound, FIRST_RECORD + 7, [1]))
    for (const compression of codecs) {
      const packed = batchOf(['a', 'b', 'c'], { compression })
      const more = patched(packed, LAST_OFFSET_DELTA + 3, [3])
      await offer(side, topic, patched(more, RECORD_COUNT + 3, [4]))
      const fewer = patched(packed, LAST_OFFSET_DELTA + 3, [1])
      await offer(side, topic, patched(fewer, RECORD_COUNT + 3, [2]))
      await offer(side, topic, patched(packed, FIRST_RECORD, [0, 0, 0, 0]))
      await offer(side, topic, packed)
    }
    // A codec that does not exist; records that are not packed although the attributes say so.
    for (const type of [1, 2, 3, 4, 5, 6, 7])
      await offer(side, topic, patched(sound, ATTRIBUTES_LOW, [type]))
  }),

  testCase('2c.31 a topic of append times stamps the batch and tells the time', async side => {
    const topic = await createTopic(side, 'append-time', {
      'message.timestamp.type': 'LogAppendTime',
    })
    const sent = batchOf(['a', 'b'])
    const before = Date.now()
    const answer = await produce(side, topic, sent)
    const { records } = await fetch(side, topic, 0)
    const stored = records ?? Buffer.alloc(0)
    side.observe('type', batch.timestampType(stored, 0))
    side.observe(
      'the answer tells the time',
      batch.maxTimestamp(stored, 0) === answer.logAppendTimeMs,
    )
    side.observe('that time is now', Math.abs(answer.logAppendTimeMs - before) < 60_000)
    side.observe('the first timestamp stays', batch.baseTimestamp(stored, 0))
    side.observe(
      'the records stay',
      stored.subarray(FIRST_RECORD).equals(sent.subarray(FIRST_RECORD)),
    )
    const create = await createTopic(side, 'create-time')
    side.observe(
      'a topic of create times tells none',
      (await produce(side, create, sent)).logAppendTimeMs,
    )
  }),

  testCase('2c.31 a producer should not claim that a time is that of the append', async side => {
    for (const type of ['CreateTime', 'LogAppendTime']) {
      const topic = await createTopic(side, type, { 'message.timestamp.type': type })
      for (const compression of ['none', 'lz4'] as const) {
        const options = { timestampType: 'LogAppendTime', compression } as const
        await offer(side, topic, batchOf(['a', 'bcd'], options))
        const untimed = { timestamp: -1, key: Buffer.from('k'), value: null }
        await offer(side, topic, batchOfRecords([untimed], options))
        await offer(
          side,
          topic,
          patched(
            batchOf(['a', 'b'], options),
            MAX_TIMESTAMP,
            [0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0x7f],
          ),
        )
      }
      await fetch(side, topic, 0)
    }
  }),

  testCase('2c.31 a largest timestamp that is not that of the records is corrected', async side => {
    const topic = await createTopic(side, 'largest')
    for (const compression of ['none', 'gzip'] as const) {
      const sound = batchOf(['a', 'b'], { compression })
      await offer(
        side,
        topic,
        patched(sound, MAX_TIMESTAMP, [0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0x7f]),
      )
      await offer(side, topic, patched(sound, MAX_TIMESTAMP, [0, 0, 0, 0, 0, 0, 0, 0]))
    }
    await fetch(side, topic, 0)
  }),

  testCase('2c.32 the codec of the topic wins over that of the producer', async side => {
    for (const wanted of ['uncompressed', 'producer', ...codecs]) {
      const topic = await createTopic(side, wanted, { 'compression.type': wanted })
      for (const compression of ['none', 'gzip', 'zstd'] as const)
        await produce(side, topic, batchOf(['a'.repeat(100), 'b'], { compression }))
      await fetch(side, topic, 0)
    }
  }),

  testCase('2c.33 max.message.bytes is about the batch as it is stored', async side => {
    const topic = await createTopic(side, 'small', { 'max.message.bytes': '300' })
    const text = 'a'.repeat(1000)
    for (const version of [3, 8, 12]) await produce(side, topic, batchOf([text]), { version })
    await produce(side, topic, batchOf([text], { compression: 'gzip' }))
    // 61 bytes of header, 9 of the record's own.
    for (const length of [229, 230, 231]) await produce(side, topic, batchOf(['a'.repeat(length)]))
    const unpacking = await createTopic(side, 'unpacking', {
      'max.message.bytes': '300',
      'compression.type': 'uncompressed',
    })
    await produce(side, unpacking, batchOf([text], { compression: 'gzip' }))
  }),

  testCase('2c.33 a batch never spans segments', async side => {
    const topic = await createTopic(side, 'segments', {
      'segment.bytes': '1048576',
      'max.message.bytes': '3000000',
    })
    await produce(side, topic, batchOf(['a'.repeat(1_100_000)]))
    await produce(side, topic, batchOf(['a'.repeat(1_000_000)]))
  }),

  testCase('2c.34 acks is 0, 1 or all', async side => {
    const topic = await createTopic(side, 'acks')
    for (const version of [3, 7, 8, 10, 12])
      for (const acks of [2, -2, 3, 32767, -32768, 1, -1])
        await produce(side, topic, batchOf(['a']), { version, acks })
  }),

  testCase('2c.34 acks=all asks for replicas in sync before it appends', async side => {
    const topic = await createTopic(side, 'min-isr', { 'min.insync.replicas': '2' })
    for (const acks of [1, -1]) await produce(side, topic, batchOf(['a']), { acks })
  }),
]
