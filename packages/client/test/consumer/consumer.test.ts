import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchBuilder } from '@moldau/protocol'
import { encodeAssignment } from '../../src/consumer/consumer-protocol.ts'
import { json, Kafka, string, type Consumer, type ConsumerRecord } from '../../src/index.ts'
import { ManualWorld } from '../support/manual-world.ts'
import { ScriptedBroker } from '../support/scripted-broker.ts'

interface Setup {
  readonly world: ManualWorld
  readonly broker: ScriptedBroker
  readonly kafka: Kafka
  /** Values by partition: what Fetch answers from. */
  readonly logs: Map<number, string[]>
}

/** A broker with a topic `t` of two partitions and a group that has one member. */
function setUp(): Setup {
  const world = new ManualWorld()
  const broker = new ScriptedBroker(world)
  broker.topics.set('t', 2)
  const logs = new Map<number, string[]>([
    [0, []],
    [1, []],
  ])
  serveFetch(world, broker, logs)
  broker.on('ListOffsets', request => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        errorCode: 0,
        offset: timestamp === -2 ? 0 : (logs.get(partitionIndex)?.length ?? 0),
      })),
    })),
  }))
  serveGroup(broker)
  return { world, broker, kafka: new Kafka({ bootstrapServers: 'broker:9092', world }), logs }
}

/** Long polls end after 100 ms. */
function serveFetch(world: ManualWorld, broker: ScriptedBroker, logs: Map<number, string[]>): void {
  broker.on('Fetch', request => {
    const rows = request.topics.flatMap(({ topic, topicId, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => ({ topic, topicId, partition, fetchOffset })),
    )
    const answer = {
      errorCode: 0,
      responses: rows.map(({ topic, topicId, partition, fetchOffset }) => {
        const log = logs.get(partition) ?? []
        const isOutside = fetchOffset > log.length
        return {
          topic,
          topicId,
          partitions: [
            {
              partitionIndex: partition,
              errorCode: isOutside ? 1 : 0,
              highWatermark: log.length,
              abortedTransactions: null,
              records: fetchOffset < log.length ? batchOf(log, fetchOffset) : null,
            },
          ],
        }
      }),
    }
    const hasNews = answer.responses.some(
      ({ partitions: [row] }) => row?.records !== null || row.errorCode !== 0,
    )
    if (hasNews) return answer
    return new Promise(resolve => world.timers.after(100, () => resolve(answer)))
  })
}

function batchOf(log: readonly string[], from: number): Buffer {
  const builder = new BatchBuilder({ baseOffset: from, partitionLeaderEpoch: 0 })
  for (const value of log.slice(from, from + 3))
    builder.append({ timestamp: 1, key: null, value: Buffer.from(value) })
  return builder.build()
}

function serveGroup(broker: ScriptedBroker): void {
  let generationId = 0
  broker.on('JoinGroup', request => {
    if (request.memberId === '')
      return { errorCode: 79, memberId: 'm1', protocolName: '', leader: '', members: [] }
    return {
      errorCode: 0,
      generationId: ++generationId,
      protocolName: 'range',
      leader: 'm1',
      memberId: 'm1',
      members: [{ memberId: 'm1', metadata: request.protocols[0]?.metadata ?? Buffer.alloc(0) }],
    }
  })
  broker.on('SyncGroup', request => ({
    errorCode: 0,
    assignment: request.assignments[0]?.assignment ?? encodeAssignment(new Map()),
  }))
  broker.on('Heartbeat', () => ({ errorCode: 0 }))
  broker.on('LeaveGroup', () => ({ errorCode: 0, members: [] }))
  const committed = new Map<string, number>()
  broker.on('OffsetCommit', request => ({
    topics: request.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex, committedOffset }) => {
        committed.set(`${name}-${partitionIndex}`, committedOffset)
        return { partitionIndex, errorCode: 0 }
      }),
    })),
  }))
  broker.on('OffsetFetch', request => ({
    topics: [],
    groups: request.groups.map(({ groupId, topics }) => ({
      groupId,
      topics: (topics ?? []).map(({ name, topicId, partitionIndexes }) => ({
        name,
        topicId,
        partitions: partitionIndexes.map(partitionIndex => ({
          partitionIndex,
          committedOffset: committed.get(`${name}-${partitionIndex}`) ?? -1,
          metadata: '',
          errorCode: 0,
        })),
      })),
    })),
  }))
}

/** What was committed, the last commit last. */
function commits(broker: ScriptedBroker): string[] {
  return broker
    .asked('OffsetCommit')
    .map(request =>
      request.topics
        .flatMap(({ partitions }) =>
          partitions.map(p => `${p.partitionIndex}:${p.committedOffset}`),
        )
        .join(' '),
    )
}

/** The next record, with as much time passing as that takes, up to ten seconds. */
async function pull<T>(world: ManualWorld, iterator: AsyncIterator<T>): Promise<T> {
  let result: IteratorResult<T> | undefined
  let failure: unknown
  iterator.next().then(
    next => {
      result = next
    },
    (error: unknown) => {
      failure = error
    },
  )
  for (let i = 0; i < 100 && result === undefined && failure === undefined; i++)
    await world.advance(100)
  if (failure !== undefined) throw failure
  assert.ok(result !== undefined, 'nothing came')
  return result.value as T
}

async function pullValues(
  world: ManualWorld,
  iterator: AsyncIterator<ConsumerRecord<unknown, string>>,
  count: number,
): Promise<string[]> {
  const values: string[] = []
  while (values.length < count) values.push((await pull(world, iterator)).value)
  return values
}

/** Closes with time passing. */
async function closing(world: ManualWorld, consumer: Consumer<never, never>): Promise<void> {
  const closed = consumer.close()
  await world.advance(100)
  await closed
}

test('reads assigned partitions from the offsets given, batch after batch', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  const consumer = kafka.consumer({ value: string })
  consumer.assign([{ topic: 't', partition: 0, offset: 1 }])
  const records = consumer.records()
  assert.deepEqual(await pullValues(world, records, 7), ['b', 'c', 'd', 'e', 'f', 'g', 'h'])
  logs.get(0)?.push('i')
  assert.deepEqual(await pullValues(world, records, 1), ['i'])
  assert.equal(consumer.position({ topic: 't', partition: 0 }), 9)
})

test('begins at an end where no offset is known', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a', 'b'])
  logs.set(1, ['x'])
  const consumer = kafka.consumer({ value: string, autoOffsetReset: 'earliest' })
  consumer.assign([
    { topic: 't', partition: 0 },
    { topic: 't', partition: 1, offset: 'latest' },
  ])
  const records = consumer.records()
  assert.deepEqual(await pullValues(world, records, 2), ['a', 'b'])
  logs.get(1)?.push('y')
  assert.deepEqual(await pullValues(world, records, 1), ['y'])
})

test('goes where auto.offset.reset says when the offset is out of range', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a'])
  const consumer = kafka.consumer({ value: string, autoOffsetReset: 'earliest' })
  consumer.assign([{ topic: 't', partition: 0, offset: 50 }])
  assert.deepEqual(await pullValues(world, consumer.records(), 1), ['a'])
})

test('fails when there is no offset and no reset, and goes on after a seek', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a'])
  const consumer = kafka.consumer({ value: string, autoOffsetReset: 'none' })
  consumer.assign([{ topic: 't', partition: 0 }])
  const records = consumer.records()
  await assert.rejects(pull(world, records), { code: 'NO_OFFSET' })
  consumer.seek({ topic: 't', partition: 0, offset: 0 })
  assert.equal((await pull(world, records)).value, 'a')
})

test('drops what was fetched before a seek', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a', 'b', 'c'])
  const consumer = kafka.consumer({ value: string })
  consumer.assign([{ topic: 't', partition: 0, offset: 0 }])
  const records = consumer.records()
  assert.deepEqual(await pullValues(world, records, 2), ['a', 'b'])
  consumer.seek({ topic: 't', partition: 0, offset: 0 })
  assert.deepEqual(await pullValues(world, records, 3), ['a', 'b', 'c'])
})

test('hands out nothing of a paused partition', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a', 'b'])
  logs.set(1, ['x'])
  const consumer = kafka.consumer({ value: string })
  consumer.assign([0, 1].map(partition => ({ topic: 't', partition, offset: 0 })))
  consumer.pause([{ topic: 't', partition: 0 }])
  const records = consumer.records()
  assert.deepEqual(await pullValues(world, records, 1), ['x'])
  const next = records.next()
  await world.advance(1000)
  consumer.resume([{ topic: 't', partition: 0 }])
  await world.advance(100)
  assert.equal((await next).value?.value, 'a')
})

test('meets a record that cannot be decoded until it is sought past', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['1', 'oops', '3'])
  const consumer = kafka.consumer({ value: json<number>() })
  consumer.assign([{ topic: 't', partition: 0, offset: 0 }])
  const records = consumer.records()
  assert.equal((await pull(world, records)).value, 1)
  for (let i = 0; i < 2; i++)
    await assert.rejects(pull(world, records), { code: 'SERDE', message: /t-0 at offset 1/ })
  consumer.seek({ topic: 't', partition: 0, offset: 2 })
  assert.equal((await pull(world, records)).value, 3)
  const skipping = kafka.consumer({ value: json<number>(), onDecodeError: 'skip' })
  skipping.assign([{ topic: 't', partition: 0, offset: 0 }])
  const others = skipping.records()
  assert.deepEqual([(await pull(world, others)).value, (await pull(world, others)).value], [1, 3])
})

test('hands out the good records of a batch before the bad one', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['1', '2', 'oops'])
  const consumer = kafka.consumer({ value: json<number>() })
  consumer.assign([{ topic: 't', partition: 0, offset: 0 }])
  const batches = consumer.batches()
  assert.deepEqual(
    [...(await pull(world, batches))].map(r => r.value),
    [1, 2],
  )
  await assert.rejects(pull(world, batches), { code: 'SERDE' })
})

test('a group member commits only what the loop has asked beyond', async () => {
  const { world, broker, kafka, logs } = setUp()
  logs.set(0, ['a', 'b', 'c'])
  const consumer = kafka.consumer({ groupId: 'g', value: string, autoOffsetReset: 'earliest' })
  await consumer.subscribe('t')
  const records = consumer.records()
  assert.deepEqual(await pullValues(world, records, 2), ['a', 'b'])
  assert.deepEqual(consumer.assignment().length, 2)
  const closed = records.return?.()
  await world.advance(100)
  await closed
  assert.deepEqual(commits(broker), ['0:1 1:0'])
  await closing(world, consumer as never)
  assert.equal(broker.asked('LeaveGroup').length, 1)
})

test('another consumer of the group goes on behind the commit', async () => {
  const { world, kafka, logs } = setUp()
  logs.set(0, ['a', 'b', 'c'])
  const first = kafka.consumer({ groupId: 'g', value: string, autoOffsetReset: 'earliest' })
  await first.subscribe('t')
  await pullValues(world, first.records(), 2)
  const committed = first.commit()
  await world.advance(10)
  await committed
  await closing(world, first as never)
  const second = kafka.consumer({ groupId: 'g', value: string, autoOffsetReset: 'earliest' })
  await second.subscribe('t')
  assert.deepEqual(await pullValues(world, second.records(), 1), ['c'])
})

test('commits while it goes, every auto.commit.interval.ms', async () => {
  const { world, broker, kafka, logs } = setUp()
  logs.set(0, ['a', 'b', 'c'])
  const consumer = kafka.consumer({
    groupId: 'g',
    value: string,
    autoOffsetReset: 'earliest',
    autoCommitIntervalMs: 1000,
  })
  await consumer.subscribe('t')
  const records = consumer.records()
  await pullValues(world, records, 1)
  await world.advance(1000)
  await pullValues(world, records, 1)
  await world.advance(10)
  assert.deepEqual(commits(broker), ['0:1 1:0'])
})

test('commits nothing by itself with enable.auto.commit=false', async () => {
  const { world, broker, kafka, logs } = setUp()
  logs.set(0, ['a', 'b'])
  const consumer = kafka.consumer({
    groupId: 'g',
    value: string,
    autoOffsetReset: 'earliest',
    enableAutoCommit: false,
  })
  await consumer.subscribe('t')
  await pullValues(world, consumer.records(), 2)
  await world.advance(20_000)
  await closing(world, consumer as never)
  assert.deepEqual(commits(broker), [])
})

test('finishes the record in hand before it joins a rebalance, heartbeats going on', async () => {
  const { world, broker, kafka, logs } = setUp()
  logs.set(0, ['a', 'b'])
  const consumer = kafka.consumer({ groupId: 'g', value: string, autoOffsetReset: 'earliest' })
  await consumer.subscribe('t')
  const records = consumer.records()
  await pullValues(world, records, 1)
  broker.on('Heartbeat', () => ({ errorCode: 27 }))
  await world.advance(10_000)
  const joinCount = broker.asked('JoinGroup').length
  const heartbeatCount = broker.asked('Heartbeat').length
  assert.ok(heartbeatCount >= 3)
  broker.on('Heartbeat', () => ({ errorCode: 0 }))
  assert.deepEqual(await pullValues(world, records, 1), ['b'])
  assert.deepEqual(commits(broker), ['0:1 1:0'])
  assert.equal(broker.asked('JoinGroup').length, joinCount + 1)
})

test('leaves the group when the loop body takes too long, and joins again', async () => {
  const { world, broker, kafka, logs } = setUp()
  logs.set(0, ['a', 'b'])
  const consumer = kafka.consumer({
    groupId: 'g',
    value: string,
    autoOffsetReset: 'earliest',
    maxPollIntervalMs: 10_000,
  })
  await consumer.subscribe('t')
  const records = consumer.records()
  await pullValues(world, records, 1)
  await world.advance(15_000)
  assert.equal(broker.asked('LeaveGroup').length, 1)
  assert.deepEqual(consumer.assignment(), [])
  // What was in hand is not known to be processed by us in time: it comes again.
  assert.deepEqual(await pullValues(world, records, 2), ['a', 'b'])
})

test('joins as a new member when the coordinator has forgotten it', async () => {
  const { world, broker, kafka, logs } = setUp()
  logs.set(0, ['a'])
  const consumer = kafka.consumer({ groupId: 'g', value: string, autoOffsetReset: 'earliest' })
  await consumer.subscribe('t')
  const records = consumer.records()
  await pullValues(world, records, 1)
  const joinCount = broker.asked('JoinGroup').length
  let isForgotten = true
  broker.on('Heartbeat', () => {
    const errorCode = isForgotten ? 25 : 0
    isForgotten = false
    return { errorCode }
  })
  const next = records.next()
  await world.advance(4000)
  assert.deepEqual(
    broker
      .asked('JoinGroup')
      .slice(joinCount)
      .map(request => request.memberId),
    ['', 'm1'],
  )
  // Nothing was committed, so the record comes again.
  assert.equal((await next).value?.value, 'a')
})

test('tells an error of the group that does not pass', async () => {
  const { world, broker, kafka } = setUp()
  broker.on('JoinGroup', () => ({
    errorCode: 30,
    memberId: '',
    protocolName: '',
    leader: '',
    members: [],
  }))
  const consumer = kafka.consumer({ groupId: 'g', value: string })
  await consumer.subscribe('t')
  await assert.rejects(pull(world, consumer.records()), { code: 'GROUP_AUTHORIZATION_FAILED' })
})

test('a loop that waits ends when the consumer is closed, or with the reason of its signal', async () => {
  const { world, kafka } = setUp()
  const consumer = kafka.consumer({ value: string })
  consumer.assign([{ topic: 't', partition: 0, offset: 0 }])
  const reason = new Error('enough')
  const abort = new AbortController()
  const aborted = assert.rejects(consumer.records({ signal: abort.signal }).next(), reason)
  await world.advance(50)
  abort.abort(reason)
  await aborted
  const waiting = consumer.records().next()
  await world.advance(50)
  await closing(world, consumer as never)
  assert.deepEqual(await waiting, { value: undefined, done: true })
})

test('asks for its group before it subscribes, and once for either way of reading', async () => {
  const { kafka } = setUp()
  await assert.rejects(kafka.consumer().subscribe('t'), { code: 'CONFIG' })
  const consumer = kafka.consumer({ groupId: 'g' })
  await consumer.subscribe('t')
  assert.throws(() => consumer.assign([]), { code: 'CONFIG' })
})
