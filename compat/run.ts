/**
 * Runs unmodified Kafka clients against a broker that it starts, in two phases with a restart of the broker between
 * them. `PEER=kafka` starts the real Apache Kafka instead. Prints one line a client; a client that fails, or that
 * could not be installed, fails the run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, openSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '../packages/testing/src/broker-process.ts'

const here = import.meta.dirname
// The longest first.
const all = [
  'kafkajs',
  'java',
  'confluent-python',
  'kafka-python',
  'kcat',
  'platformatic',
  'franz-go',
]
const names = process.argv.length > 2 ? process.argv.slice(2) : all
const peer = process.env['PEER'] === 'kafka' ? 'Apache Kafka' : 'Moldau'

async function accepts(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

class Broker {
  readonly #folder: string
  readonly #port: number
  #child: ChildProcess | undefined

  constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
  }

  get log(): string {
    return path.join(this.#folder, 'output.log')
  }

  async start(): Promise<void> {
    const output = openSync(this.log, 'a')
    const [command, parameters] =
      peer === 'Moldau'
        ? [
            path.join(here, '../bin/moldau'),
            [
              'server',
              'start',
              '--override',
              `listeners=PLAINTEXT://localhost:${this.#port}`,
              '--override',
              `log.dirs=${path.join(this.#folder, 'data')}`,
              '--override',
              'group.initial.rebalance.delay.ms=0',
            ],
          ]
        : [
            path.join(here, 'oracle/kafka.sh'),
            ['start', path.join(this.#folder, 'kafka'), String(this.#port), 'num.partitions=1'],
          ]
    this.#child = spawn(command, parameters, { stdio: ['ignore', output, output] })
    const deadline = Date.now() + 60_000
    while (!(await accepts(this.#port))) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The broker did not start:\n${readFileSync(this.log, 'utf8').slice(-4000)}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
}

/** Runs a script of a client; its output goes to `lines`. @throws with the end of the output when it fails */
async function run(
  client: string,
  script: string,
  parameters: string[],
  seconds: number,
): Promise<string[]> {
  const child = spawn(path.join(here, client, script), parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  child.stdout.on('data', chunk => (output += String(chunk)))
  child.stderr.on('data', chunk => (output += String(chunk)))
  const timer = setTimeout(() => {
    output += `\nstopped after ${seconds} s`
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, seconds * 1000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  if (code !== 0)
    throw new Error(`${client}/${script} ${parameters.join(' ')} failed:\n${output.slice(-4000)}`)
  return output.split('\n').filter(line => line.startsWith('ok - '))
}

/** Most of the time of a client is waiting: two at once keep two cores busy. */
const CONCURRENCY = 2
const left = [...names]
let failed = 0
let checks = 0
/** Runs the next client that is left, until none is. */
async function runClients(): Promise<void> {
  for (let client = left.shift(); client !== undefined; client = left.shift())
    await runClient(client)
}

async function runClient(client: string): Promise<void> {
  const started = Date.now()
  const folder = mkdtempSync(path.join(os.tmpdir(), `moldau-compat-${client}-`))
  const port = await freePort()
  const broker = new Broker(folder, port)
  try {
    await run(client, 'install.sh', [], 600)
    await broker.start()
    const before = await run(client, 'run.sh', [`localhost:${port}`, 'before'], 150)
    await broker.stop()
    await broker.start()
    const after = await run(client, 'run.sh', [`localhost:${port}`, 'after'], 90)
    checks += before.length + after.length
    console.log(
      `ok   ${client.padEnd(18)} ${before.length + after.length} behaviours, ${((Date.now() - started) / 1000).toFixed(1)} s, against ${peer}`,
    )
    if (process.env['VERBOSE'])
      for (const line of [...before, ...after]) console.log(`       ${line}`)
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    failed++
    console.log(`FAIL ${client}: ${error instanceof Error ? error.message : String(error)}`)
    console.log(`     the broker's output is in ${broker.log}`)
    await broker.stop()
  }
}

await Promise.all(Array.from({ length: CONCURRENCY }, runClients))
console.log(`${checks} behaviours of ${names.length - failed} clients hold`)
console.log(`${names.length - failed} passed, ${failed} failed, 0 skipped`)
process.exit(failed === 0 ? 0 : 1)
