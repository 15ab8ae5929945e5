/**
 * The simulated faults, as `npm run faults` runs them: crash points in both flush modes, Kafka's own look at a sample of
 * the recovered disks, rot, planted bugs. Prints a table and writes .results/faults/sim.json.
 *   node faults/sim/run.ts [SEED]                 short form, other points for each seed (1 by default)
 *   node faults/sim/run.ts long [COUNT]           so many crash points in each mode (3,000), every bit; resumable
 *   node faults/sim/run.ts --point NAME           one crash point again: commit:kill:before:812
 *   node faults/sim/run.ts --flip NAME            one bit again: clean:/data/meta.properties:109
 */
import { currentCommit, writeResult } from '../../scripts/results.ts'
import { ledger, Progress } from '../ledger.ts'
import { crashPointsOf, pointName, runPoint, spread, type CrashPoint } from './crash-points.ts'
import { dumpImages } from './dump.ts'
import type { Image } from './image.ts'
import type { FlushMode } from './machine.ts'
import { findPlanted } from './planted.ts'
import { rotBits, runRot, type RotCounts, type RotFailure } from './rot.ts'

const SHORT_POINTS = 300
const LONG_POINTS = 3000
const SHORT_DUMPS = 5
const LONG_DUMPS = 60
/** Every so many bits in the short form. */
const ROT_STRIDE = 41
/** Points, or bits, after which a long form notes where it is. */
const CHUNK = 100
const ROT_CHUNK = 10_000
const modes = ['os', 'commit'] as const

interface PointsSummary {
  points: number
  recovered: number
  acked: number
  lostAsPromised: number
  interruptions: number
  /** How often each kind of fault has fired. */
  readonly fired: Record<string, number>
  readonly images: Image[]
  readonly failures: string[]
  seconds: number
}

const [command, ...words] = process.argv.slice(2)
const failed: string[] = []
const rows: (readonly [part: string, count: number, found: string, seconds: number])[] = []

if (command === '--point') await onePoint(words[0] ?? '')
else if (command === '--flip') await oneFlip(words[0] ?? '')
else if (command === 'long') await runLong(Number(words[0] ?? LONG_POINTS))
else await runShort(Number(command ?? 1))
process.exitCode = failed.length === 0 ? 0 : 1

async function runShort(seed: number): Promise<void> {
  const images: Image[] = []
  const figures: Record<string, number | string> = { seed }
  for (const mode of modes) {
    const points = spread(await crashPointsOf(mode), SHORT_POINTS, seed)
    const summary = await runPoints(points, Math.ceil(SHORT_DUMPS / modes.length))
    tellPoints(mode, summary)
    images.push(...summary.images)
    figures[`points_${mode}`] = summary.points
    figures[`acked_${mode}`] = summary.acked
  }
  tellDump(images.slice(0, SHORT_DUMPS), figures)
  const began = performance.now()
  const rot = await runRot(ROT_STRIDE, seed)
  tellRot(rot.flips, rot.byFile, rot.failures, secondsSince(began))
  figures['rot_flips'] = rot.flips
  const planted = tellPlanted(seed)
  figures['planted_found'] = `${planted.filter(({ test }) => test !== '').length}/${planted.length}`
  writeResult('faults', {
    command: 'faults',
    part: 'sim',
    checks: rows.length,
    passed: failed.length === 0 ? rows.length : rows.length - 1,
    failed,
    figures,
    rows,
    planted,
    rot: Object.fromEntries(rot.byFile),
  })
}

async function runLong(count: number): Promise<void> {
  const commit = currentCommit()
  const images: Image[] = []
  for (const mode of modes) {
    const kind = `crash-points-${mode}`
    const progress = new Progress(kind, commit)
    const points = spread(await crashPointsOf(mode), count, 0)
    while (progress.state.next < points.length) {
      const { next } = progress.state
      const chunk = points.slice(next, next + CHUNK)
      const summary = await runPoints(chunk, Math.ceil((LONG_DUMPS * CHUNK) / count / modes.length))
      const { acked, failures, seconds } = summary
      const entry = { kind, commit, count: chunk.length, acked, seconds }
      ledger.add({ ...entry, lost: 0, doubled: 0, failures: failures.length })
      progress.save({ next: next + chunk.length })
      tellPoints(mode, summary)
      images.push(...summary.images)
    }
    progress.clear()
  }
  tellDump(images.slice(0, LONG_DUMPS), {})
  const bits = await rotBits()
  const progress = new Progress('rot', commit)
  while (progress.state.next < bits) {
    const from = progress.state.next
    const began = performance.now()
    const { flips, byFile, failures } = await runRot(1, 0, { from, to: from + ROT_CHUNK })
    const seconds = secondsSince(began)
    const entry = { kind: 'rot', commit, count: flips, acked: 0, lost: 0, doubled: 0, seconds }
    ledger.add({ ...entry, failures: failures.length })
    progress.save({ next: from + ROT_CHUNK })
    tellRot(flips, byFile, failures, seconds)
  }
  progress.clear()
  const began = performance.now()
  const planted = tellPlanted(0)
  ledger.add({
    kind: 'planted-bugs',
    commit,
    count: planted.length,
    acked: 0,
    lost: 0,
    doubled: 0,
    failures: planted.filter(({ test }) => test === '').length,
    seconds: secondsSince(began),
  })
}

async function runPoints(points: readonly CrashPoint[], imageCount: number) {
  const began = performance.now()
  const summary: PointsSummary = {
    points: points.length,
    recovered: 0,
    acked: 0,
    lostAsPromised: 0,
    interruptions: 0,
    fired: {},
    images: [],
    failures: [],
    seconds: 0,
  }
  const every = Math.max(1, Math.floor(points.length / Math.max(1, imageCount)))
  for (const [index, point] of points.entries())
    try {
      const result = await runPoint(point)
      summary.recovered++
      summary.acked += result.acked
      summary.lostAsPromised += result.lostAsPromised
      summary.interruptions += result.interruptions
      for (const kind of [point.stop, point.when, result.call])
        summary.fired[kind] = (summary.fired[kind] ?? 0) + 1
      if (index % every === 0 && summary.images.length < imageCount)
        summary.images.push(result.image)
    } catch (error) {
      summary.failures.push(`${pointName(point)} ${String(error)}`)
    }
  summary.seconds = secondsSince(began)
  return summary
}

/** Every kind of fault must have happened, in a run that is long enough. */
function tellPoints(mode: FlushMode, summary: PointsSummary): void {
  const { points, recovered, acked, lostAsPromised, interruptions, fired, seconds } = summary
  const kinds = ['kill', 'power-cut', 'failed-sync', 'before', 'middle', 'after']
  const calls = ['create', 'write', 'datasync', 'rename', 'syncDirectory', 'truncate', 'remove']
  const counts = [...kinds, ...calls].map(kind => `${kind}=${fired[kind] ?? 0}`).join(' ')
  // Of a short form only, as a chunk of a long one may lie between two of them.
  const missing = [...kinds, ...calls].filter(kind => points >= SHORT_POINTS && !fired[kind])
  const lost = summary.failures.filter(text => / (D1|D2|L7): /.test(text)).length
  const doubled = summary.failures.filter(text => text.includes(' T1: ')).length
  const taken =
    mode === 'os' ? ` (unsynced and gone by a power cut, as os says: ${lostAsPromised})` : ''
  console.log(
    `${mode}: points=${points} recovered=${recovered} acked=${acked} acked_lost=${lost} dup=${doubled}${taken} interrupted=${interruptions} ${seconds} s`,
  )
  console.log(`  fired ${counts}`)
  for (const failure of summary.failures) fail(failure)
  if (missing.length > 0) fail(`${mode}: never fired: ${missing.join(', ')}`)
  if (points >= SHORT_POINTS && interruptions === 0) fail(`${mode}: no recovery was interrupted`)
  rows.push([`crash points, flush=${mode}`, points, `${recovered} recovered`, seconds])
}

function tellDump(images: readonly Image[], figures: Record<string, number | string>): void {
  const began = performance.now()
  const { files, batches, skipped, failures } = dumpImages(images)
  if (skipped !== '') {
    console.log(`kafka-dump-log: skipped: ${skipped}`)
    if (process.env['CI'] === 'true') fail(`kafka-dump-log: skipped: ${skipped}`)
    return
  }
  console.log(
    `kafka-dump-log: dump_ok=${failures.length === 0 ? images.length : 0} of ${images.length} images, ${files} files, ${batches} batches, ${secondsSince(began)} s`,
  )
  for (const failure of failures.slice(0, 10)) fail(`kafka-dump-log: ${failure}`)
  figures['dump_ok'] = failures.length === 0 ? images.length : 0
  rows.push(['kafka-dump-log', images.length, `${batches} batches sound`, secondsSince(began)])
}

function tellRot(
  flips: number,
  byFile: ReadonlyMap<string, RotCounts>,
  failures: readonly RotFailure[],
  seconds: number,
): void {
  const total: Record<string, number> = {}
  for (const [file, counts] of [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const told = Object.entries(counts).filter(([, count]) => count > 0)
    for (const [outcome, count] of told) total[outcome] = (total[outcome] ?? 0) + count
    console.log(
      `  ${file.padEnd(46)} ${told.map(([outcome, count]) => `${outcome}=${count}`).join(' ')}`,
    )
  }
  const found = Object.entries(total).map(([outcome, count]) => `${outcome}=${count}`)
  console.log(`rot: flips=${flips} ${found.join(' ')} ${seconds} s`)
  for (const { flip, outcome, message } of failures.slice(0, 20))
    fail(`rot ${flip} ${outcome}: ${message}`)
  rows.push(['bits flipped', flips, found.join(', '), seconds])
}

function tellPlanted(seed: number) {
  const began = performance.now()
  const planted = findPlanted(seed)
  for (const { bug, test, invariant, points, seconds, message } of planted) {
    const found = test === '' ? 'NOT FOUND' : `${test}, ${invariant}, at point ${points}`
    console.log(`  ${bug.padEnd(28)} ${found} (${seconds} s)`)
    if (test === '') fail(`planted bug ${bug} was not found ${message}`)
  }
  const foundCount = planted.filter(({ test }) => test !== '').length
  console.log(`planted: found=${foundCount}/${planted.length} ${secondsSince(began)} s`)
  rows.push(['planted bugs', planted.length, `${foundCount} found`, secondsSince(began)])
  return planted
}

async function onePoint(name: string): Promise<void> {
  const [mode, stop, when, step] = name.split(':') as [
    FlushMode,
    CrashPoint['stop'],
    CrashPoint['when'],
    string,
  ]
  const { call, acked, interruptions } = await runPoint({ mode, stop, when, step: Number(step) })
  console.log(`${name}: ok, at a ${call}, ${acked} acknowledged, ${interruptions} interruptions`)
}

async function oneFlip(name: string): Promise<void> {
  const { byFile, failures } = await runRot(1, 0, undefined, name)
  console.log(Object.fromEntries(byFile), failures)
}

function fail(message: string): void {
  console.log(`FAIL ${message}`)
  failed.push(message)
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10
}
