/**
 * How long from the start of the node process to the first accepted record (in a topic that this record makes), and how
 * much memory idle? Warm: the compile cache of an earlier start is there, as for every start but the first. Cold: it is
 * not. STARTS=10 by default. The client is a bare socket, so that only the broker's time counts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { Apis, BatchBuilder, encodeRequest, ErrorCode } from '../packages/protocol/src/index.ts'
import { freePort } from '../packages/testing/src/broker-process.ts'
import { median } from './core/statistics.ts'

const starts = Number(process.env['STARTS'] ?? 10)
/** How long after the first record memory is read. */
const idleMs = 3000

interface Start {
  readonly milliseconds: number
  readonly idleMb: number
}

async function measure(cacheDirectory: string, withMemory: boolean): Promise<Start> {
  const port = await freePort()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'moldau-start-'))
  const begin = performance.now()
  const child = spawn(
    path.join(import.meta.dirname, '../bin/moldau'),
    [
      'server',
      'start',
      '--override',
      `listeners=PLAINTEXT://localhost:${port}`,
      '--override',
      `log.dirs=${folder}/data`,
    ],
    { stdio: 'ignore', env: { ...process.env, NODE_COMPILE_CACHE: cacheDirectory } },
  )
  try {
    const socket = await connect(port, child)
    const ask = asker(socket)
    // Made by the question for its metadata, as every client does it.
    for (;;) {
      const answer = Apis.Metadata.response.decode(
        (
          await ask(
            encodeRequest(
              Apis.Metadata,
              4,
              { correlationId: 1, clientId: 'start' },
              { topics: [{ name: 'first' }], allowAutoTopicCreation: true },
            ),
          )
        ).subarray(4),
        4,
      )
      if (answer.topics[0]?.errorCode === ErrorCode.NONE) break
    }
    const builder = new BatchBuilder({ baseOffset: 0 })
    builder.append({ timestamp: Date.now(), key: null, value: Buffer.from('first') })
    const produced = Apis.Produce.response.decode(
      (
        await ask(
          encodeRequest(
            Apis.Produce,
            7,
            { correlationId: 2, clientId: 'start' },
            {
              acks: -1,
              timeoutMs: 5000,
              topicData: [
                { name: 'first', partitionData: [{ index: 0, records: builder.build() }] },
              ],
            },
          ),
        )
      ).subarray(4),
      7,
    )
    const milliseconds = performance.now() - begin
    if (produced.responses[0]?.partitionResponses[0]?.errorCode !== ErrorCode.NONE)
      throw new Error('The first record was refused')
    socket.destroy()
    if (withMemory) await new Promise(resolve => setTimeout(resolve, idleMs))
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return { milliseconds, idleMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024 }
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function connect(port: number, child: ChildProcess): Promise<net.Socket> {
  for (;;) {
    const socket = net.connect(port, '127.0.0.1')
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (connected) return socket
    socket.destroy()
    if (child.exitCode !== null) throw new Error('The broker did not start')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** Sends a request and resolves with the frame of its answer, one at a time. */
function asker(socket: net.Socket): (request: Buffer) => Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0)
  return async request => {
    socket.write(request)
    while (received.length < 4 || received.length < 4 + received.readInt32BE(0)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      received = Buffer.concat([received, chunk])
    }
    const size = received.readInt32BE(0)
    const frame = received.subarray(4, 4 + size)
    received = received.subarray(4 + size)
    return frame
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
