/**
 * Runs the suite of one client: `install.sh`, then `run.sh ADDRESS before`, a restart of the broker, and
 * `run.sh ADDRESS after`. A suite that wants the restart while its clients live prints the line `restart` in the first
 * phase and reads a line from its input when the broker is back; then there is no second one.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createBroker } from './broker.ts'
import { type Area, areas, type Client } from './list.ts'

const compat = path.join(import.meta.dirname, '..')
/** What an install script exits with when a tool is missing that it cannot fetch. */
const EXIT_SKIPPED = 77
const INSTALL_SECONDS = 600
const PHASE_SECONDS = 150

export type Counts = { holds: number; fails: number }
export type Outcome = {
  readonly client: Client
  readonly areas: Readonly<Record<Area, Counts>>
  /** Lines of checks, `ok` and `not ok`. */
  readonly lines: readonly string[]
  /** Why the suite as a whole failed or was skipped. */
  readonly failure: string | undefined
  readonly skipped: string | undefined
  readonly seconds: number
}

/** Runs it to its end; a failure is part of the outcome. */
export async function runSuite(client: Client): Promise<Outcome> {
  const install = await run(client, 'install.sh', [], INSTALL_SECONDS)
  const skipped = /^skipped: (.*)$/m.exec(install.output)?.[1]
  if (install.code === EXIT_SKIPPED && skipped !== undefined && !process.env['CI'])
    return { ...summary(client, []), failure: undefined, skipped, seconds: 0 }
  const started = Date.now()
  const lines: string[] = []
  const failure =
    install.code === 0
      ? await runPhases(client, lines)
      : `${client.folder}/install.sh failed:\n${install.output.slice(-4000)}`
  return {
    ...summary(client, lines),
    failure,
    skipped: undefined,
    seconds: (Date.now() - started) / 1000,
  }
}

/** @returns why it failed, if it did; the lines of its checks go to `lines` */
async function runPhases(client: Client, lines: string[]): Promise<string | undefined> {
  const broker = await createBroker()
  let restarted = false
  const restart = async () => {
    await broker.end('SIGTERM')
    await broker.start()
    restarted = true
  }
  try {
    await broker.start()
    for (const phase of ['before', 'after']) {
      if (phase === 'after' && !restarted) await restart()
      const { code, output } = await run(
        client,
        'run.sh',
        [broker.address, phase],
        PHASE_SECONDS,
        restart,
      )
      lines.push(...output.split('\n').filter(line => /^(not )?ok - /.test(line)))
      if (code !== 0 && !lines.some(line => line.startsWith('not ok')))
        return `${client.folder}/run.sh ${broker.address} ${phase} failed:\n${output.slice(-4000)}\n     the broker's output is in ${broker.outputFile}`
    }
    if (lines.length === 0) return `${client.folder}/run.sh has checked nothing`
    const stray = lines.find(line => areaOf(line) === undefined)
    if (stray !== undefined) return `a check without an area of the list: ${stray}`
    if (lines.some(line => line.startsWith('not ok')))
      return `the broker's output is in ${broker.outputFile}`
    await broker[Symbol.asyncDispose]()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await broker.end('SIGTERM')
  }
}

/** Runs a script of a client to its end, or for so many seconds. */
async function run(
  client: Client,
  script: string,
  parameters: string[],
  seconds: number,
  restart?: () => Promise<void>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(path.join(compat, client.folder, script), parameters, { detached: true })
  let output = ''
  let failure: unknown
  createInterface(child.stdout).on('line', line => {
    if (line === 'restart' && restart !== undefined)
      restart().then(
        () => child.stdin.write('restarted\n'),
        (error: unknown) => {
          failure = error
          child.stdin.end()
        },
      )
    else output += `${line}\n`
  })
  child.stderr.on('data', chunk => (output += String(chunk)))
  child.stdin.on('error', () => {}) // It may end without reading.
  const timer = setTimeout(() => {
    output += `\nstopped after ${seconds} s`
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, seconds * 1000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  if (failure instanceof Error) throw failure
  return { code, output }
}

function summary(client: Client, lines: string[]): Pick<Outcome, 'client' | 'areas' | 'lines'> {
  const counts = Object.fromEntries(areas.map(area => [area, { holds: 0, fails: 0 }])) as Record<
    Area,
    Counts
  >
  for (const line of lines) {
    const area = areaOf(line)
    if (area !== undefined) counts[area][line.startsWith('ok') ? 'holds' : 'fails']++
  }
  return { client, areas: counts, lines }
}

function areaOf(line: string): Area | undefined {
  return areas.find(area => line.includes(`ok - ${area}: `))
}
