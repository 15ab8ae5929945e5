/**
 * `npm run faults -- --report` writes what the last whole run and the ledger say: the table of the README (one line per
 * guarantee), and the two tables of `docs/faults.md`. Nothing is written by hand between the marks.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { markdownTable, replaceBetweenMarks } from '../scripts/report.ts'
import { ledger, type LedgerEntry } from './ledger.ts'
import type { FaultResult } from './real/fault-result.ts'
import type { PlantedResult } from './sim/planted.ts'

const root = path.join(import.meta.dirname, '..')
const kafkaKind = 'power-cut-ext4-apache-kafka'

/** What a part of the run has left. */
interface Results<Row = FaultResult> {
  readonly commit: string
  readonly when: string
  /** What did not hold. */
  readonly failed: readonly string[]
  readonly figures: Readonly<Record<string, number | string>>
  readonly rows: readonly Row[]
  readonly planted?: readonly PlantedResult[]
}

export function report(): void {
  const real = results<FaultResult>('.results/faults/real.json')
  const simulated = results<readonly (string | number)[]>('.results/faults/sim.json')
  const fuzz = results('.results/fuzz/fuzz.json')
  if (real === undefined || simulated === undefined || fuzz === undefined)
    throw new Error('There is no result to report: npm run faults and npm run fuzz come first')
  const failed = [real, simulated, fuzz].flatMap(part => part.failed)
  if (failed.length > 0) throw new Error(`Not reported, as something failed: ${failed.join('; ')}`)
  replaceBetweenMarks(
    'README.md',
    'faults',
    markdownTable(['guarantee', 'evidence'], evidence(real, simulated, fuzz)),
  )
  replaceBetweenMarks('docs/faults.md', 'faults-ledger', ledgerTable())
  replaceBetweenMarks('docs/faults.md', 'faults-run', runTable(real))
  replaceBetweenMarks('docs/faults.md', 'faults-sim', simulatedTable(simulated))
  replaceBetweenMarks('docs/faults.md', 'faults-planted', plantedTable(simulated))
  console.log('README.md and docs/faults.md are written')
}

/** The lines of the README: long forms where there are any, else the short one. */
function evidence(real: Results, simulated: Results<unknown>, fuzz: Results<unknown>): string[][] {
  const kafka = latest(kafkaKind)
  const kafkaRow = real.rows.find(({ otherLost }) => otherLost !== undefined)
  const compared =
    kafka !== undefined
      ? `Apache Kafka as it comes, the same way: ${kafka.count} cuts, ${number(kafka.lost)} of ${number(kafka.acked)} lost`
      : `Apache Kafka as it comes, the same way: ${kafkaRow?.fired ?? 0} cuts, ${number(kafkaRow?.otherLost ?? 0)} of ${number(kafkaRow?.acked ?? 0)} lost`
  const others = real.rows.filter(
    row =>
      kindOf(row) === undefined && row.otherLost === undefined && !row.fault.startsWith('power'),
  )
  return [
    [
      '`kill -9` under load loses nothing that was acknowledged, in either flush mode',
      proof('kill-9', 'kills', real),
    ],
    [
      'A power cut loses nothing that was acknowledged (`flush=commit`, the default)',
      `${proof('power-cut-ext4', 'cuts on ext4', real)}. ${compared}`,
    ],
    ...simulatedEvidence(simulated),
    [
      `${others.map(({ fault }) => fault).join(', ')}: told clearly, nothing lost, back when the cause is gone`,
      `${number(total(others, 'fired'))} faults: ${number(total(others, 'acked'))} acknowledged, ${total(others, 'lost')} lost, ${total(others, 'doubled')} doubled`,
    ],
    ...fuzzEvidence(fuzz),
  ]
}

/** Lines of the simulated faults: long forms where there are any, else the short one. */
function simulatedEvidence({ figures, commit }: Results<unknown>): string[][] {
  const points = ['commit', 'os'].map(mode => {
    const entry = latest(`crash-points-${mode}`)
    const count = entry?.count ?? Number(figures[`points_${mode}`] ?? 0)
    const acked = entry?.acked ?? Number(figures[`acked_${mode}`] ?? 0)
    const at = entry?.commit ?? commit
    return `${number(count)} points under \`flush=${mode}\` (${at}): ${number(acked)} acknowledged, ${entry?.lost ?? 0} lost, ${entry?.failures ?? 0} violations`
  })
  const rot = latest('rot')
  const planted = latest('planted-bugs')
  return [
    [
      'A crash at any file call, and one in the recovery from it, keeps the promise of the flush mode (simulated disk)',
      points.join('; '),
    ],
    [
      'A bit that flips on the disk is repaired, refused or harmless, never other data',
      `${number(rot?.count ?? Number(figures['rot_flips'] ?? 0))} bits (${rot?.commit ?? commit}): ${rot?.failures ?? 0} violations`,
    ],
    [
      'Bugs planted behind a flag are found by these tests',
      planted === undefined
        ? String(figures['planted_found'] ?? 'not run')
        : `${planted.count - planted.failures}/${planted.count} (${planted.commit})`,
    ],
  ]
}

function fuzzEvidence({ figures }: Results<unknown>): string[][] {
  const { execs, crashes, hangs, pairs, max_rss: memory } = figures
  const long = latest('fuzz')
  const more =
    long === undefined
      ? ''
      : `; in ${(long.seconds / 3600).toFixed(1)} hours (${long.commit}) ${number(long.count)} inputs: ${long.failures} failures`
  return [
    [
      'No input ends the broker, or makes it hang or grow',
      `${number(Number(execs))} inputs, ${pairs} pairs of API and version: ${crashes} crashes, ${hangs} hangs, ${memory} at most${more}`,
    ],
  ]
}

function proof(kind: string, what: string, real: Results): string {
  const entry = latest(kind)
  const row = entry ?? real.rows.find(candidate => kindOf(candidate) === kind)
  if (row === undefined) return 'not run'
  const count = 'count' in row ? row.count : row.fired
  const commit = entry?.commit ?? real.commit
  return `${number(count)} ${what} (${commit}): ${number(row.acked)} acknowledged, ${row.lost} lost, ${row.doubled} doubled`
}

/** The kinds with long forms of their own in the README. */
function kindOf({ fault }: FaultResult): string | undefined {
  if (fault === 'kill -9') return 'kill-9'
  return fault === 'power cut, flush=commit' ? 'power-cut-ext4' : undefined
}

/** What the ledger has of a kind on the last commit it ran on. */
function latest(kind: string): LedgerEntry | undefined {
  return ledger.entries().findLast(entry => entry.kind === kind)
}

function ledgerTable(): string {
  return markdownTable(
    ['kind', 'commit', 'faults', 'acknowledged', 'lost', 'doubled', 'failures', 'hours'],
    ledger
      .entries()
      .map(({ kind, commit, count, acked, lost, doubled, failures, seconds }) => [
        kind,
        commit,
        ...[count, acked, lost, doubled, failures].map(number),
        (seconds / 3600).toFixed(1),
      ]),
  )
}

function runTable({ rows, commit, when }: Results): string {
  const columns = ['fault', 'fired', 'acknowledged', 'lost', 'doubled', 'recovered', 'seconds', '']
  return [
    `Commit ${commit}, ${when.slice(0, 10)}; ${rows.length} faults.`,
    '',
    markdownTable(
      columns,
      rows.map(row => [
        row.fault,
        ...[row.fired, row.acked, row.lost, row.doubled, row.recovered, row.seconds].map(number),
        row.note ?? '',
      ]),
    ),
  ].join('\n')
}

/** Rows of the simulated part are tuples. */
function simulatedTable({ rows, commit, when }: Results<readonly (string | number)[]>): string {
  const lines = rows.map(row => row.map(cell => (typeof cell === 'number' ? number(cell) : cell)))
  return `Commit ${commit}, ${when.slice(0, 10)}.\n\n${markdownTable(['part', 'count', 'found', 'seconds'], lines)}`
}

function plantedTable({ planted = [] }: Results<unknown>): string {
  return markdownTable(
    ['planted bug', 'what it does', 'found by', 'invariant', 'at point', 'seconds'],
    planted.map(({ bug, tells, test, invariant, points, seconds }) => [
      bug,
      tells,
      test === '' ? 'NOT FOUND' : test,
      invariant,
      number(points),
      number(seconds),
    ]),
  )
}

function results<Row>(file: string): Results<Row> | undefined {
  const whole = path.join(root, file)
  return existsSync(whole) ? (JSON.parse(readFileSync(whole, 'utf8')) as Results<Row>) : undefined
}

function total(rows: readonly FaultResult[], of: 'fired' | 'acked' | 'lost' | 'doubled'): number {
  return rows.reduce((sum, row) => sum + row[of], 0)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
