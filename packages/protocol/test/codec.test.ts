import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError, LONG_MAX, LONG_MIN, Reader, Writer } from '@moldau/base'
import {
  ApiVersionsResponse,
  BrokerHeartbeatRequest,
  FetchRequest,
  FindCoordinatorRequest,
  HeartbeatRequest,
  MetadataRequest,
  MetadataResponse,
  OffsetCommitRequest,
  PartitionRecord,
  ProducerIdsRecord,
  type AnyMessage,
} from '../src/index.ts'
import { allMessages } from './all-messages.ts'
import { fractions, randomValue } from './random-value.ts'

function* everyVersion(): Generator<{ schema: AnyMessage; version: number; isFlexible: boolean }> {
  for (const schema of allMessages)
    for (let version = schema.versions[0]; version <= schema.versions[1]; version++)
      yield { schema, version, isFlexible: version >= schema.flexibleFrom }
}

test('every version of every message gives back what was encoded', () => {
  for (const { schema, version, isFlexible } of everyVersion())
    for (let seed = 1; seed <= 5; seed++) {
      const value = randomValue(
        schema.fields,
        version,
        isFlexible,
        fractions(seed * 1000 + version),
      )
      const encoded = schema.encode(value, version)
      const decoded: unknown = schema.decode(encoded, version)
      assert.deepEqual(decoded, value, `${schema.name} v${version}, seed ${seed}`)
    }
})

test('in steps, messages are read and written as at once', () => {
  for (const { schema, version, isFlexible } of everyVersion()) {
    const value = randomValue(schema.fields, version, isFlexible, fractions(3 + version))
    const encoded = schema.encode(value, version)
    const writer = new Writer()
    finish(schema.writeInSteps(writer, value, version))
    assert.deepEqual(writer.finish(), encoded, `${schema.name} v${version}`)
    assert.deepEqual(finish(schema.readInSteps(new Reader(encoded), version)).value, value)
  }
})

test('a large message takes many steps', () => {
  const topics = Array.from({ length: 10_000 }, (_, i) => ({ name: `t${i}` }))
  const encoded = MetadataRequest.encode({ topics, allowAutoTopicCreation: true }, 12)
  const { steps, value } = finish(MetadataRequest.readInSteps(new Reader(encoded), 12))
  assert.ok(steps > 50)
  assert.equal(value.topics?.length, 10_000)
  assert.throws(
    () => finish(MetadataRequest.readInSteps(new Reader(encoded.subarray(0, -9)), 12)),
    DecodeError,
  )
})

function finish<T>(steps: Generator<undefined, T>): { steps: number; value: T } {
  for (let count = 1; ; count++) {
    const step = steps.next()
    if (step.done === true) return { steps: count, value: step.value }
  }
}

test('what is cut short anywhere, or goes on, is refused', () => {
  for (const { schema, version, isFlexible } of everyVersion()) {
    const value = randomValue(schema.fields, version, isFlexible, fractions(7 + version))
    const encoded = schema.encode(value, version)
    const step = Math.max(1, Math.floor(encoded.length / 300))
    for (let length = 0; length < encoded.length; length += step)
      assert.throws(
        () => schema.decode(encoded.subarray(0, length), version),
        DecodeError,
        `${schema.name} v${version} of ${length} bytes`,
      )
    assert.throws(
      () => schema.decode(Buffer.concat([encoded, Buffer.alloc(1)]), version),
      DecodeError,
    )
  }
})

test('damaged bytes end in a DecodeError or a value, and in no other way', () => {
  const fraction = fractions(31)
  for (const { schema, version, isFlexible } of everyVersion()) {
    const value = randomValue(schema.fields, version, isFlexible, fraction)
    const encoded = Buffer.from(schema.encode(value, version))
    for (let round = 0; round < 20 && encoded.length > 0; round++) {
      const damaged = Buffer.from(encoded)
      const at = Math.floor(fraction() * damaged.length)
      damaged[at] = fraction() < 0.5 ? 0xff : Math.floor(fraction() * 256)
      if (fraction() < 0.5) damaged.fill(0xff, at, Math.min(at + 4, damaged.length))
      try {
        schema.decode(damaged, version)
      } catch (error) {
        assert.ok(error instanceof DecodeError, `${schema.name} v${version}: ${String(error)}`)
      }
    }
  }
})

test('a count that the bytes cannot hold is refused before anything is allocated', () => {
  // Five bytes of a count of 2^31-1, then nothing: no version of a message can ask for that much memory.
  const old = Buffer.from('0000000d7fffffff', 'hex')
  assert.throws(() => MetadataResponse.decode(old, 3), /2147483647 elements/)
  assert.throws(() => MetadataResponse.decode(Buffer.from('7fffffff', 'hex'), 0), DecodeError)
  assert.throws(() => MetadataResponse.decode(Buffer.from('80000000', 'hex'), 0), DecodeError)
  assert.throws(
    () => ApiVersionsResponse.decode(Buffer.from('0000ffffffff0f', 'hex'), 3),
    DecodeError,
  )
})

test('a null where a value must be is refused, read or written', () => {
  assert.throws(() => HeartbeatRequest.decode(Buffer.from('ffff000000010000', 'hex'), 0), {
    message: 'Cannot read HeartbeatRequest v0: HeartbeatRequest.groupId is null',
  })
  const value = { groupId: null as unknown as string, generationId: 1, memberId: '' }
  assert.throws(() => HeartbeatRequest.encode(value, 0), {
    message: 'Cannot write HeartbeatRequest v0: HeartbeatRequest.groupId is missing or null',
  })
})

test('a value that the version does not carry is refused unless it is ignorable', () => {
  const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: 'i' }
  assert.throws(() => HeartbeatRequest.encode(heartbeat, 2), {
    message:
      'Cannot write HeartbeatRequest v2: HeartbeatRequest.groupInstanceId has a value, which this version cannot carry',
  })
  assert.equal(HeartbeatRequest.encode({ ...heartbeat, groupInstanceId: null }, 2).length, 10)
  const commit = { groupId: 'g', generationIdOrMemberEpoch: 1, memberId: 'm', topics: [] }
  assert.doesNotThrow(() => OffsetCommitRequest.encode({ ...commit, retentionTimeMs: 5 }, 8))
})

test('an int64 that a number does not hold exactly is refused, never rounded', () => {
  const record = { brokerId: 1, brokerEpoch: 1 }
  for (const nextProducerId of [
    0,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    LONG_MAX,
    LONG_MIN,
  ]) {
    const encoded = ProducerIdsRecord.encode({ ...record, nextProducerId }, 0)
    assert.equal(ProducerIdsRecord.decode(encoded, 0).nextProducerId, nextProducerId)
  }
  for (const nextProducerId of [2 ** 53, -(2 ** 53), 2 ** 62, 1.5, NaN])
    assert.throws(() => ProducerIdsRecord.encode({ ...record, nextProducerId }, 0), RangeError)
  for (const beyond of [
    '0020000000000000',
    'ffe0000000000000',
    '7ffffffffffffffe',
    '8000000000000001',
  ])
    assert.throws(
      () => ProducerIdsRecord.decode(Buffer.from(`000000010000000000000001${beyond}00`, 'hex'), 0),
      DecodeError,
    )
})

test('the high watermark of FetchRequest v18 is Long.MAX unless it is told', () => {
  const partition = { partition: 0, fetchOffset: 1, partitionMaxBytes: 1 }
  const request = { maxWaitMs: 1, minBytes: 1, topics: [{ partitions: [partition] }] }
  const encoded = FetchRequest.encode(request, 18)
  assert.equal(FetchRequest.decode(encoded, 18).topics[0]?.partitions[0]?.highWatermark, LONG_MAX)
  const told = { ...request, topics: [{ partitions: [{ ...partition, highWatermark: 9 }] }] }
  const withNine = FetchRequest.encode(told, 18)
  // One tag of 8 bytes more.
  assert.equal(withNine.length, encoded.length + 10)
  assert.equal(FetchRequest.decode(withNine, 18).topics[0]?.partitions[0]?.highWatermark, 9)
})

test('tags that the schema does not know are kept and written in order', () => {
  const unknownTags = [
    { tag: 9, bytes: Buffer.from('one') },
    { tag: 200, bytes: Buffer.alloc(300, 7) },
  ]
  const value = {
    partitionId: 3,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    replicas: [1],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    leaderRecoveryState: 1,
  }
  const encoded = PartitionRecord.encode({ ...value, unknownTags: unknownTags.toReversed() }, 0)
  const decoded = PartitionRecord.decode(encoded, 0)
  assert.equal(decoded.leaderRecoveryState, 1)
  assert.deepEqual(decoded.unknownTags, unknownTags)
  assert.deepEqual(PartitionRecord.encode(decoded, 0), encoded)
  assert.equal(PartitionRecord.decode(PartitionRecord.encode(value, 0), 0).unknownTags, undefined)
})

test('the size of a known tag is not believed, and a tag of other versions is refused, as Kafka 4.3.1 does', () => {
  const value = { partitionId: 3, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', replicas: [], isr: [] }
  const whole = { ...value, removingReplicas: [], addingReplicas: [], leaderRecoveryState: 1 }
  const encoded = Buffer.from(PartitionRecord.encode(whole, 0))
  // The end: one tag, number 0, of one byte, which is 1.
  assert.equal(encoded.subarray(-4).toString('hex'), '01000101')
  encoded[encoded.length - 2] = 0
  assert.equal(PartitionRecord.decode(encoded, 0).leaderRecoveryState, 1)
  const unknownTags = [{ tag: 0, bytes: Buffer.alloc(1) }]
  const heartbeat = BrokerHeartbeatRequest.encode(
    { brokerId: 1, currentMetadataOffset: 0, wantFence: false, wantShutDown: false, unknownTags },
    0,
  )
  assert.throws(() => BrokerHeartbeatRequest.decode(heartbeat, 0), {
    message:
      'Cannot read BrokerHeartbeatRequest v0: BrokerHeartbeatRequest has no tag 0 in this version',
  })
})

test('every length below zero is a null, as in Kafka 4.3.1', () => {
  assert.throws(() => FindCoordinatorRequest.decode(Buffer.from('fff0', 'hex'), 0), {
    message: 'Cannot read FindCoordinatorRequest v0: FindCoordinatorRequest.key is null',
  })
  assert.equal(MetadataRequest.decode(Buffer.from('80000000', 'hex'), 1).topics, null)
  assert.equal(MetadataRequest.decode(Buffer.from('ffffffff0f01000000', 'hex'), 9).topics, null)
})

test('versions that a message does not have are refused', () => {
  assert.throws(() => HeartbeatRequest.decode(Buffer.alloc(9), 5), {
    message: 'HeartbeatRequest has no version 5, only 0 to 4',
  })
  assert.throws(() => FetchRequest.encode({ maxWaitMs: 1, minBytes: 1, topics: [] }, 3), RangeError)
})

test('compiled codecs are named in stack traces', () => {
  const stack: string[] = []
  try {
    HeartbeatRequest.decode(Buffer.alloc(1), 4)
  } catch (error) {
    stack.push(String((error as Error & { cause: Error }).cause.stack))
  }
  assert.match(stack[0] ?? '', /codec\/HeartbeatRequest\.v4\.js/)
})
