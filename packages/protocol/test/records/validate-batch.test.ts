import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  batch,
  BatchBuilder,
  compress,
  validateBatch,
  validateManyRecords,
  type BatchLimits,
  type BatchOptions,
  type Compression,
} from '../../src/index.ts'

interface Shape extends BatchOptions {
  readonly keys?: readonly (string | null)[]
  readonly timestamps?: readonly number[]
}

function build(shape: Shape = {}): Buffer {
  const builder = new BatchBuilder(shape)
  const keys = shape.keys ?? ['a', 'b', 'c']
  keys.forEach((key, i) => {
    builder.append({
      timestamp: shape.timestamps?.[i] ?? 1000 + i,
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from('value'),
      headers: [{ key: 'h', value: null }],
    })
  })
  return builder.build()
}

/** A batch whose encoded records were changed, with a right length and checksum. */
function edit(change: (records: Buffer) => Buffer, compression: Compression = 'none'): Buffer {
  const plain = build()
  const records = compress(compression, change(Buffer.from(plain.subarray(batch.HEADER_BYTES))))
  const bytes = Buffer.concat([plain.subarray(0, batch.HEADER_BYTES), records])
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt16BE(['none', 'gzip', 'snappy', 'lz4', 'zstd'].indexOf(compression), 21)
  batch.setCrc(bytes, 0)
  return bytes
}

function check(bytes: Buffer, limits?: BatchLimits): string {
  const problem = validateBatch(bytes, 0, bytes.length, limits)
  return problem === undefined ? 'fine' : `${problem.error}: ${problem.message}`
}

test('accepts a batch that is right', () => {
  assert.equal(check(build()), 'fine')
})

test('refuses a flipped bit anywhere behind the checksum', () => {
  const bytes = build()
  for (let at = 21; at < bytes.length; at++) {
    const broken = Buffer.from(bytes)
    broken[at] = (broken[at] as number) ^ 1
    assert.match(check(broken), /^CORRUPT_MESSAGE/)
  }
})

test('refuses a size beyond the bytes and one below a header', () => {
  const bytes = build()
  bytes.writeInt32BE(bytes.length, 8)
  assert.match(check(bytes), /^CORRUPT_MESSAGE/)
  bytes.writeInt32BE(10, 8)
  assert.match(check(bytes), /^CORRUPT_MESSAGE/)
  assert.match(check(bytes.subarray(0, 40)), /^CORRUPT_MESSAGE/)
})

test('refuses older formats as invalid and unknown ones as corrupt', () => {
  const bytes = build()
  bytes[16] = 1
  assert.match(check(bytes), /^INVALID_RECORD/)
  bytes[16] = 3
  assert.match(check(bytes), /^CORRUPT_MESSAGE: Invalid magic/)
})

test('refuses control batches unless the caller allows them', () => {
  const bytes = build({ isControl: true })
  assert.match(check(bytes), /^INVALID_RECORD: Clients are not allowed/)
  assert.equal(check(bytes, { allowControl: true }), 'fine')
})

test('refuses a count that does not fit the offsets', () => {
  const bytes = build()
  bytes.writeInt32BE(2, 57)
  batch.setCrc(bytes, 0)
  assert.match(check(bytes), /^INVALID_RECORD: Inconsistent/)
  bytes.writeInt32BE(0, 57)
  batch.setCrc(bytes, 0)
  assert.match(check(bytes), /^INVALID_RECORD: Invalid reported count/)
})

test('refuses fewer or more records than stated', () => {
  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const fewer = edit(records => records.subarray(0, (records.length / 3) * 2), compression)
    assert.match(check(fewer), /3 records are stated, 2 are there/, compression)
    const more = edit(records => Buffer.concat([records, records.subarray(0, 5)]), compression)
    assert.match(check(more), /more bytes follow/, compression)
    assert.equal(check(edit(records => records, compression)), 'fine', compression)
  }
})

test('wants offset deltas of 0, 1, 2 in compressed batches, as Kafka does', () => {
  const change = (records: Buffer) => {
    records[3] = 8
    return records
  }
  assert.match(
    check(edit(change, 'gzip')),
    /^UNKNOWN_SERVER_ERROR: Record 0 .* its offset delta is 4/,
  )
  assert.equal(check(edit(change)), 'fine')
})

test('takes the largest timestamp for all records where a producer claims to tell the append', () => {
  const timestamps = { now: 6000, beforeMaxMs: 1000, afterMaxMs: 2000 }
  const bytes = build()
  batch.setMaxTimestamp(bytes, 0, 'LogAppendTime', 5500)
  assert.equal(check(Buffer.from(bytes), { timestamps }), 'fine')
  const taken = Buffer.from(bytes)
  check(taken, { timestamps })
  assert.equal(batch.timestampType(taken, 0), 'CreateTime')
  assert.equal(batch.maxTimestamp(taken, 0), 5500)
  // Where the broker tells it, nobody else may.
  const problem = validateBatch(bytes, 0, bytes.length)
  assert.equal(problem?.error, 'INVALID_TIMESTAMP')
  assert.match(
    problem.recordErrors?.[1]?.message ?? '',
    /^Invalid timestamp type in message DefaultRecord\(offset=1, timestamp=5500, key=\d+ bytes, value=\d+ bytes\)/,
  )
})

test('refuses a record whose parts do not fill it, at every byte changed to a large length', () => {
  const size = build().length - batch.HEADER_BYTES
  for (let at = 0; at < size; at++) {
    const bytes = edit(records => {
      records[at] = 0xff
      return records
    })
    // Attributes and payload bytes may be anything; lengths may not. Nothing throws.
    check(bytes)
  }
  const cut = edit(records => {
    records[4] = 40
    return records
  })
  assert.match(check(cut), /malformed: the length of its key/)
})

test('refuses a header without a key and a header count beyond the record', () => {
  const headersAt = build().length - batch.HEADER_BYTES - 4
  const many = edit(records => {
    records[headersAt] = 100
    return records
  })
  assert.match(check(many), /it has 50 headers/)
  const noKey = edit(records => {
    records[headersAt + 1] = 1
    return records
  })
  assert.match(check(noKey), /a header has no key/)
})

test('wants a key of every record where the topic is compacted', () => {
  const bytes = build({ keys: ['a', null, null] })
  const problem = validateBatch(bytes, 0, bytes.length, { requireKeys: true })
  assert.equal(problem?.error, 'INVALID_RECORD')
  assert.deepEqual(
    problem.recordErrors?.map(r => r.batchIndex),
    [1, 2],
  )
  assert.equal(check(bytes), 'fine')
})

test('holds the timestamps of producers to their bounds, -1 excepted', () => {
  const bytes = build({ timestamps: [5000, -1, 9000] })
  const timestamps = { now: 6000, beforeMaxMs: 1000, afterMaxMs: 2000 }
  const problem = validateBatch(bytes, 0, bytes.length, { timestamps })
  assert.equal(problem?.error, 'INVALID_TIMESTAMP')
  assert.deepEqual(
    problem.recordErrors?.map(r => r.batchIndex),
    [2],
  )
})

test('tells the bounds of timestamps as exact as Kafka, also where there is none', () => {
  const bytes = build({ keys: ['a'], timestamps: [800_000_000_000] })
  const timestamps = { now: 1_795_266_238_803, beforeMaxMs: 2 ** 63, afterMaxMs: -(2 ** 40) }
  const problem = validateBatch(bytes, 0, bytes.length, { timestamps })
  assert.match(
    problem?.recordErrors?.[0]?.message ?? '',
    /within \[-9223370241588537004, 695754611027\]$/,
  )
})

test('corrects a largest timestamp that disagrees with the records', () => {
  const bytes = build()
  batch.setMaxTimestamp(bytes, 0, 'CreateTime', 99_999)
  assert.equal(check(bytes), 'fine')
  assert.equal(batch.maxTimestamp(bytes, 0), 1002)
  assert.ok(batch.isCrcValid(bytes, 0))
})

test('refuses a producer id without a sequence', () => {
  assert.match(check(build({ producerId: 5, producerEpoch: 0 })), /Invalid sequence number -1/)
})

test('refuses an unknown compression', () => {
  const bytes = edit(records => records)
  bytes.writeInt16BE(6, 21)
  batch.setCrc(bytes, 0)
  assert.match(check(bytes), /^UNKNOWN_SERVER_ERROR: .*compression 6/)
  assert.match(check(bytes, { trustProducers: true }), /^UNKNOWN_SERVER_ERROR: .*compression 6/)
})

test('refuses a compressed batch that grows beyond the bound', () => {
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const bytes = edit(() => Buffer.alloc(200_000), compression)
    assert.match(check(bytes, { decompressedBytesMax: 100_000 }), /^MESSAGE_TOO_LARGE/, compression)
  }
})

test('refuses compressed records that cannot be decompressed', () => {
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const bytes = edit(records => records, compression)
    bytes.fill(0x55, batch.HEADER_BYTES + 20)
    batch.setCrc(bytes, 0)
    assert.match(check(bytes), /^UNKNOWN_SERVER_ERROR/, compression)
  }
})

test('rests between many records, and between many headers of one', () => {
  const many = new BatchBuilder()
  for (let i = 0; i < 10_000; i++) many.append({ timestamp: 1, key: null, value: null })
  const headers = Array.from({ length: 200_000 }, () => ({ key: '', value: null }))
  const one = new BatchBuilder()
  one.append({ timestamp: 1, key: null, value: null, headers })
  for (const [bytes, restCount] of [
    [many.build(), 2],
    [one.build(), 3],
  ] as const) {
    const records = Buffer.from(bytes.subarray(batch.HEADER_BYTES))
    const walk = (): [number, string | undefined] => {
      const steps = validateManyRecords(bytes, records, {})
      for (let count = 0; ; count++) {
        const { done, value } = steps.next()
        if (done === true) return [count, value?.error]
      }
    }
    assert.deepEqual(walk(), [restCount, undefined])
    // The last header's value, or the last record's count of headers.
    records[records.length - 1] = 3
    assert.deepEqual(walk(), [restCount, 'INVALID_RECORD'])
  }
})

test('looks at the header only where producers are trusted', () => {
  const bytes = edit(records => records.subarray(0, 3))
  assert.equal(check(bytes, { trustProducers: true }), 'fine')
  bytes[40] = (bytes[40] as number) ^ 1
  assert.match(check(bytes, { trustProducers: true }), /^CORRUPT_MESSAGE/)
})
