/**
 * How long from the start of the node process to the first accepted record (in a topic that this record makes), and how
 * much memory idle? Warm: the compile cache of an earlier start is there, as for every start but the first. Cold: it is
 * not. STARTS=10 by default. The client is a bare socket, so that only the broker's time counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Apis, BatchBuilder, ErrorCode } from '../packages/protocol/src/index.ts'
import { BrokerProcess } from '../packages/testing/src/broker-process.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { median } from './core/statistics.ts'

const starts = Number(process.env['STARTS'] ?? 10)
/** How long after the first record memory is read. */
const idleMs = 3000

interface Start {
  readonly milliseconds: number
  readonly idleMb: number
}

async function measure(cacheDirectory: string, withMemory: boolean): Promise<Start> {
  await using broker = await BrokerProcess.create({}, { NODE_COMPILE_CACHE: cacheDirectory })
  const begin = performance.now()
  broker.launch()
  const connection = await connect(broker)
  // Made by the question for its metadata, as every client does it.
  for (;;) {
    const answer = await connection.request(Apis.Metadata, 4, {
      topics: [{ name: 'first' }],
      allowAutoTopicCreation: true,
    })
    if (answer.topics[0]?.errorCode === ErrorCode.NONE) break
  }
  const builder = new BatchBuilder({ baseOffset: 0 })
  builder.append({ timestamp: Date.now(), key: null, value: Buffer.from('first') })
  const produced = await connection.request(Apis.Produce, 7, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: 'first', partitionData: [{ index: 0, records: builder.build() }] }],
  })
  const milliseconds = performance.now() - begin
  if (produced.responses[0]?.partitionResponses[0]?.errorCode !== ErrorCode.NONE)
    throw new Error('The first record was refused')
  connection.destroy()
  if (withMemory) await pause(idleMs)
  return { milliseconds, idleMb: broker.memoryMb() }
}

/** Knocks more often than `listens`, as every millisecond counts. */
async function connect(broker: BrokerProcess): Promise<RawConnection> {
  for (;;) {
    const connection = await RawConnection.open(broker.port).catch(() => undefined)
    if (connection !== undefined) return connection
    if (!broker.isRunning) throw new Error(`The broker did not start:\n${broker.output}`)
    await pause(2)
  }
}

const warmCache = mkdtempSync(path.join(os.tmpdir(), 'moldau-cache-'))
const warm: number[] = []
const cold: number[] = []
await measure(warmCache, false)
for (let i = 0; i < starts; i++) {
  warm.push((await measure(warmCache, false)).milliseconds)
  const coldCache = mkdtempSync(path.join(os.tmpdir(), 'moldau-cache-'))
  cold.push((await measure(coldCache, false)).milliseconds)
  rmSync(coldCache, { recursive: true, force: true })
}
const { idleMb } = await measure(warmCache, true)
rmSync(warmCache, { recursive: true, force: true })

const row = (name: string, values: readonly number[]): string =>
  `${name.padEnd(44)}${median(values).toFixed(0).padStart(6)} ms   (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
console.log(`\nStart of the node process to the first accepted record, median of ${starts}`)
console.log(row('warm compile cache', warm))
console.log(row('cold compile cache', cold))
console.log(`${'memory, idle, with one topic'.padEnd(44)}${idleMb.toFixed(0).padStart(6)} MB`)
