/** `npm run fuzz`: see README.md. */
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { resultsFolder, writeResult } from '../scripts/results.ts'
import { allPairs } from './inputs.ts'
import { fuzzCaptured } from './captured.ts'
import { flood } from './floods.ts'
import { fuzzLogFiles } from './log-files.ts'
import { fuzzPairs } from './pairs.ts'
import { fuzzBatches } from './produces.ts'
import { fuzzSequences } from './sequences.ts'
import { EVENT_MS_MAX, Session } from './session.ts'
import { fill } from './setup.ts'
import { Target } from './target.ts'
import { limitWideTopics } from './wide-topics.ts'
import type { WitnessReport } from './witness.ts'

const seconds = Number(process.env['SECONDS'] ?? 120)
const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000)
const WITNESS_MS_MAX = 5000

const target = await Target.create()
if (typeof target === 'string') {
  console.log(`skipped: ${target}`)
  process.exit(process.env['CI'] === 'true' ? 1 : 0)
}
await using broker = target
console.log(`seed=${seed} seconds=${seconds}`)
await broker.start()
const session = new Session(broker, seed, resultsFolder('fuzz'))
const known = await fill(broker.port)
const witness = new Worker(path.join(import.meta.dirname, 'witness.ts'), {
  workerData: { port: broker.port },
})
const begun = Date.now()
const judging = setInterval(() => session.judgeEvents(), 1000)
let isOver = false
const limiting = limitWideTopics(broker.port, () => isOver || broker.hasEnded)

const parts = {
  pairs: fuzzPairs,
  captured: fuzzCaptured,
  batches: fuzzBatches,
  sequences: fuzzSequences,
  files: fuzzLogFiles,
  floods: flood,
}
const isWhole = process.env['PARTS'] === undefined
const wanted = process.env['PARTS']?.split(',') ?? Object.keys(parts)
const chosen = Object.entries(parts).filter(([name]) => wanted.includes(name))
for (const [i, [, part]] of chosen.entries())
  await part(session, known, seed, at((i + 1) / chosen.length))

clearInterval(judging)
isOver = true
await limiting
const report = await endOf(witness)
session.judgeEvents()
const memoryMb = broker.maxMemoryMb
const [longest] = broker.longEvents()
if (broker.hasEnded) session.fail('crash', `the broker has ended:\n${broker.log.slice(-3000)}`)
judgeWitness(report)
const restartCode = await broker.end('SIGTERM')
if (restartCode !== 0) session.fail('crash', `the broker did not stop cleanly: ${restartCode}`)
judgeLog(broker.log)
const unsent = allPairs.length - session.counts.pairs.size
if (isWhole && unsent > 0) session.fail('pairs', `${unsent} pairs of API and version were not sent`)
summary()
await broker[Symbol.asyncDispose]()
process.exit(session.failures.length === 0 ? 0 : 1)

/** The time at which this share of the run is over. */
function at(share: number): number {
  return begun + seconds * 1000 * share
}

async function endOf(worker: Worker): Promise<WitnessReport> {
  const { promise, resolve, reject } = Promise.withResolvers<WitnessReport>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.postMessage('stop')
  return await promise
}

function judgeWitness({ problems, maxMs }: WitnessReport): void {
  for (const problem of problems) session.fail('witness', problem)
  if (maxMs > WITNESS_MS_MAX) session.fail('witness', `an answer took ${maxMs.toFixed(0)} ms`)
}

function judgeLog(log: string): void {
  const seen = new Set<string>()
  for (const line of log.split('\n')) {
    const isWrong = /\] ERROR |unhandled|uncaught/i.test(line)
    const event = line.replace(/^\[[^\]]*\] /, '').slice(0, 60)
    if (!isWrong || seen.has(event)) continue
    seen.add(event)
    session.fail('log', line.slice(0, 1500))
  }
}

function summary(): void {
  const { counts, failures } = session
  const of = (kind: string) => failures.filter(failure => failure.kind === kind).length
  const pairs = `${counts.pairs.size}/${allPairs.length}`
  const figures = {
    seed,
    execs: counts.execs,
    crashes: of('crash') + broker.outOfMemoryCount,
    hangs: of('hang'),
    max_event_ms: Number((longest?.cpuMs ?? 0).toFixed(1)),
    max_rss: `${memoryMb}MB`,
    oom_kills: broker.outOfMemoryCount,
    pairs: counts.pairs.size === allPairs.length ? `all/all (${pairs})` : pairs,
    answered: counts.answered,
    closed: counts.closed,
    silent: counts.silent,
    internal_errors: counts.internalErrors,
    witness_rounds: report.rounds,
    witness_p99_ms: Number(report.p99Ms.toFixed(1)),
    witness_max_ms: Number(report.maxMs.toFixed(1)),
    failures: failures.length,
  }
  console.log([...counts.kinds].map(([kind, count]) => `${kind}=${count}`).join(' '))
  console.log(
    Object.entries(figures)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  )
  // Only a whole run is one that the report may quote.
  if (!isWhole) return
  writeResult('fuzz', {
    command: 'fuzz',
    part: 'fuzz',
    checks: counts.execs,
    passed: counts.execs - failures.length,
    failed: failures.map(({ kind, what }) => `${kind}: ${what.slice(0, 500)}`),
    figures: { ...figures, seconds, event_ms_limit: EVENT_MS_MAX },
    rows: [...counts.kinds].map(([kind, count]) => ({ kind, execs: count })),
  })
}
