/**
 * A well-behaved client in a thread of its own: again and again it writes a record, reads it back and asks for the
 * metadata, while the fuzzer does its worst. Its answers must be right and in time.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { BatchBuilder, Apis, readRecords } from '../packages/protocol/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { WITNESS_TOPIC } from './setup.ts'

/** What the thread tells at its end. */
export interface WitnessReport {
  readonly rounds: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly problems: readonly string[]
}

const PAUSE_MS = 20
const { port } = workerData as { port: number }
const latencies: number[] = []
const problems: string[] = []
let isStopped = false

parentPort?.once('message', () => (isStopped = true))
await run()
parentPort?.postMessage(report())
parentPort?.close()

async function run(): Promise<void> {
  let connection = await RawConnection.open(port)
  for (let round = 0; !isStopped; round++) {
    const begun = performance.now()
    try {
      await oneRound(connection, `round ${round}`)
    } catch (error) {
      if (!isStopped && problems.length < 20) problems.push(`round ${round}: ${String(error)}`)
      connection.destroy()
      await new Promise(resolve => setTimeout(resolve, 200))
      connection = await RawConnection.open(port).catch(() => connection)
    }
    latencies.push(performance.now() - begun)
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  }
  connection.destroy()
}

async function oneRound(connection: RawConnection, text: string): Promise<void> {
  const builder = new BatchBuilder({})
  builder.append({ timestamp: Date.now(), key: null, value: Buffer.from(text) })
  const produced = await connection.request(Apis.Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: WITNESS_TOPIC, partitionData: [{ index: 0, records: builder.build() }] }],
  })
  const answer = produced.responses[0]?.partitionResponses[0]
  if (answer?.errorCode !== 0) throw new Error(`produce was refused: ${answer?.errorCode}`)
  const fetched = await connection.request(Apis.Fetch, 11, {
    maxWaitMs: 5000,
    minBytes: 1,
    maxBytes: 1 << 20,
    topics: [
      {
        topic: WITNESS_TOPIC,
        partitions: [{ partition: 0, fetchOffset: answer.baseOffset, partitionMaxBytes: 1 << 20 }],
      },
    ],
    forgottenTopicsData: [],
  })
  const { records } = fetched.responses[0]?.partitions[0] ?? {}
  const [first] = records ? readRecords(records, 0) : []
  if (first?.value?.toString() !== text) throw new Error('fetch gave another record')
  await connection.request(Apis.Metadata, 12, {
    topics: [{ name: WITNESS_TOPIC }],
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  })
}

function report(): WitnessReport {
  const sorted = latencies.toSorted((a, b) => a - b)
  return {
    rounds: sorted.length,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    maxMs: sorted.at(-1) ?? 0,
    problems,
  }
}
