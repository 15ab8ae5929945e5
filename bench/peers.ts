/** Starts the brokers that a benchmark compares, and reads what they cost: processor time and memory of the process. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '../packages/testing/src/broker-process.ts'

const here = import.meta.dirname
const clockTicks = 100

/** A broker process under test. */
export interface Peer {
  readonly name: string
  readonly port: number
  readonly pid: number
  /** User and system seconds that the process has used. */
  cpuSeconds(): number
  /** Resident memory in MB. */
  memoryMb(): number
  stop(): Promise<void>
}

/** Starts Moldau through its own launcher. */
export async function startMoldau(
  name: string,
  overrides: Record<string, string> = {},
): Promise<Peer> {
  const port = await freePort()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'moldau-bench-'))
  const properties = {
    listeners: `PLAINTEXT://localhost:${port}`,
    'log.dirs': `${folder}/data`,
    ...overrides,
  }
  const parameters = Object.entries(properties).flatMap(([key, value]) => [
    '--override',
    `${key}=${value}`,
  ])
  const child = spawn(path.join(here, '../bin/moldau'), ['server', 'start', ...parameters], {
    stdio: 'ignore',
  })
  return ready(name, port, folder, child)
}

/** Starts Apache Kafka 4.3.1 as it comes. */
export async function startKafka(name: string): Promise<Peer> {
  const port = await freePort()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kafka-bench-'))
  const output = openSync(`${folder}/output.log`, 'a')
  const child = spawn(
    path.join(here, '../compat/oracle/kafka.sh'),
    ['start', `${folder}/kafka`, String(port)],
    {
      stdio: ['ignore', output, output],
      env: { ...process.env, KAFKA_HEAP_OPTS: '-Xms1G -Xmx1G' },
    },
  )
  return ready(name, port, folder, child)
}

async function ready(
  name: string,
  port: number,
  folder: string,
  child: ChildProcess,
): Promise<Peer> {
  const pid = child.pid ?? 0
  const deadline = performance.now() + 60_000
  for (;;) {
    const socket = net.connect(port, '127.0.0.1')
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (answered) break
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${name} did not start: see ${folder}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return {
    name,
    port,
    pid,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / clockTicks
    },
    memoryMb() {
      const match = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      return Number(match?.[1]) / 1024
    },
    async stop() {
      if (child.exitCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Builds the load tool of `load/` and returns the path of its binary. */
export function buildLoad(): string {
  const binary = path.join(
    process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
    'moldau-compat',
    'bench-load',
  )
  execFileSync('go', ['build', '-o', binary, '.'], {
    cwd: path.join(here, 'load'),
    stdio: 'inherit',
  })
  return binary
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}
