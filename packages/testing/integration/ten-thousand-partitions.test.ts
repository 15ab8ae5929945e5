/**
 * 10,000 idle partitions: what they cost at a start, clean and after `kill -9`, in memory and in open files, and how
 * long it takes until each of them was written to. The figures are printed; the bounds leave room for a busy machine.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, BatchBuilder, ErrorCode } from '@moldau/protocol'
import { BrokerProcess, createTopic, RawConnection } from '@moldau/testing'

const topicCount = 10
const partitionsPerTopic = 1000
const partitionCount = topicCount * partitionsPerTopic
const START_MAX_MS = 10_000
const MEMORY_PER_PARTITION_MAX_KB = 20
/** The log keeps at most 1,000 files open; sockets and what Node itself needs come on top. */
const OPEN_HANDLES_MAX = 1100
const WRITE_ALL_MAX_MS = 45_000

/** Milliseconds that `work` took. */
async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return Math.round(performance.now() - begun)
}

/** Starts the broker; resolves when it answers. */
function start(broker: BrokerProcess): Promise<number> {
  return timed(async () => {
    await broker.start()
    const connection = await RawConnection.open(broker.port)
    await connection.request(Apis.ApiVersions, 2, {})
    connection.destroy()
  })
}

/** Writes one record to each partition of a topic, in one request. */
async function writeAll(connection: RawConnection, topic: string): Promise<void> {
  const partitionData = Array.from({ length: partitionsPerTopic }, (_, index) => {
    const builder = new BatchBuilder()
    builder.append({ timestamp: 1_700_000_000_000, key: null, value: Buffer.from('v') })
    return { index, records: builder.build() }
  })
  const answer = await connection.request(Apis.Produce, 9, {
    acks: -1,
    timeoutMs: 60_000,
    topicData: [{ name: topic, partitionData }],
  })
  const rows = answer.responses[0]?.partitionResponses ?? []
  assert.equal(rows.length, partitionsPerTopic)
  for (const { errorCode } of rows) assert.equal(errorCode, ErrorCode.NONE)
}

test(
  '10,000 partitions start in seconds, cost little memory, and share few file handles',
  { timeout: 180_000 },
  async t => {
    const topics = Array.from({ length: topicCount }, (_, i) => `many-${i}`)
    await using broker = await BrokerProcess.create()
    await broker.start()
    await broker.end('SIGTERM')

    const emptyStartMs = await start(broker)
    const emptyMb = broker.memoryMb()
    const connection = await RawConnection.open(broker.port)
    const createMs = await timed(async () => {
      for (const topic of topics) await createTopic(connection, topic, partitionsPerTopic)
    })
    const createHandles = broker.handleCount()
    connection.destroy()
    const stopMs = await timed(async () => assert.equal(await broker.end('SIGTERM'), 0))

    const cleanStartMs = await start(broker)
    const idleMb = broker.memoryMb()
    const idleHandles = broker.handleCount()
    const perPartitionKb = ((idleMb - emptyMb) * 1024) / partitionCount
    await broker.end('SIGKILL')

    const uncleanStartMs = await start(broker)
    const writer = await RawConnection.open(broker.port)
    const writeMs = await timed(async () => {
      for (const topic of topics) await writeAll(writer, topic)
    })
    writer.destroy()
    const writtenHandles = broker.handleCount()
    const writtenMb = broker.memoryMb()
    await broker.end('SIGKILL')

    t.diagnostic(
      `partitions=${partitionCount} start=${cleanStartMs}ms after-kill=${uncleanStartMs}ms empty-start=${emptyStartMs}ms ` +
        `memory-per-partition=${perPartitionKb.toFixed(1)}KB memory=${idleMb.toFixed(0)}MB empty-memory=${emptyMb.toFixed(0)}MB ` +
        `handles=${idleHandles} handles-after-create=${createHandles} handles-after-write=${writtenHandles} ` +
        `create=${createMs}ms stop=${stopMs}ms write-all=${writeMs}ms memory-after-write=${writtenMb.toFixed(0)}MB`,
    )
    assert.ok(cleanStartMs < START_MAX_MS, `a clean start took ${cleanStartMs} ms`)
    assert.ok(uncleanStartMs < START_MAX_MS, `a start after a kill took ${uncleanStartMs} ms`)
    assert.ok(
      perPartitionKb < MEMORY_PER_PARTITION_MAX_KB,
      `${perPartitionKb.toFixed(1)} KB per partition`,
    )
    for (const handles of [idleHandles, createHandles, writtenHandles])
      assert.ok(handles < OPEN_HANDLES_MAX, `${handles} open handles`)
    assert.ok(writeMs < WRITE_ALL_MAX_MS, `writing to all took ${writeMs} ms`)
  },
)
