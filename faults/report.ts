/**
 * `npm run faults -- --report` writes what the last whole run and the ledger say: the table of the README (one line per
 * guarantee), and the two tables of `docs/faults.md`. Nothing is written by hand between the marks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ledger, type LedgerEntry } from './ledger.ts'
import type { FaultResult } from './real/fault-result.ts'
import { parts } from './real/parts.ts'

const root = path.join(import.meta.dirname, '..')
const kafkaKind = 'power-cut-ext4-apache-kafka'

/** What a part of the run has left. */
interface Results {
  readonly commit: string
  readonly when: string
  readonly figures: Readonly<Record<string, number | string>>
  readonly rows: readonly FaultResult[]
}

export function report(): void {
  const real = results('.results/faults/real.json')
  if (real === undefined)
    throw new Error('There is no result to report: npm run faults has to run as a whole first')
  replaceBetween('README.md', 'faults', table(['guarantee', 'evidence'], evidence(real)))
  replaceBetween('docs/faults.md', 'faults-ledger', ledgerTable())
  replaceBetween('docs/faults.md', 'faults-run', runTable(real))
  console.log('README.md and docs/faults.md are written')
}

/** The lines of the README: long forms where there are any, else the short one. */
function evidence(real: Results): string[][] {
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
    ...simulatedEvidence(),
    [
      `${others.map(({ fault }) => fault).join(', ')}: told clearly, nothing lost, back when the cause is gone`,
      `${number(total(others, 'fired'))} faults: ${number(total(others, 'acked'))} acknowledged, ${total(others, 'lost')} lost, ${total(others, 'doubled')} doubled`,
    ],
    ...fuzzEvidence(),
  ]
}

/** Lines of the simulated faults: every kind of the ledger that no real fault has. */
function simulatedEvidence(): string[][] {
  const names: Readonly<Record<string, string>> = {
    'crash-points':
      'A crash at any file call, and in the recovery from it, keeps the promise of its flush mode (simulated disk)',
    rot: 'A flipped bit on the disk is repaired, refused or harmless, never other data',
    'planted-bugs': 'Bugs planted behind a flag are found',
  }
  return Object.entries(names).flatMap(([prefix, name]) => {
    const entries = [...new Set(ledger.entries().map(({ kind }) => kind))]
      .filter(kind => kind.startsWith(prefix))
      .map(kind => latest(kind)!)
    return entries.length === 0 ? [] : [[name, entries.map(describe).join('; ')]]
  })
}

function fuzzEvidence(): string[][] {
  const fuzz = results('.results/fuzz/fuzz.json')
  if (fuzz === undefined) return []
  const { execs, crashes, hangs, pairs, max_rss: memory } = fuzz.figures
  return [
    [
      'No input ends the broker, or makes it hang or grow',
      `${number(Number(execs))} inputs, ${pairs} pairs of API and version: ${crashes} crashes, ${hangs} hangs, ${memory} at most`,
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

function describe({ kind, count, acked, lost, failures, commit }: LedgerEntry): string {
  const found = acked > 0 ? `, ${number(acked)} acknowledged, ${lost} lost` : ''
  return `${kind}: ${number(count)} (${commit})${found}, ${failures} failures`
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
  return table(
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
    `Commit ${commit}, ${when.slice(0, 10)}; ${parts.length} faults.`,
    '',
    table(
      columns,
      rows.map(row => [
        row.fault,
        ...[row.fired, row.acked, row.lost, row.doubled, row.recovered, row.seconds].map(number),
        row.note ?? '',
      ]),
    ),
  ].join('\n')
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

function results(file: string): Results | undefined {
  const whole = path.join(root, file)
  return existsSync(whole) ? (JSON.parse(readFileSync(whole, 'utf8')) as Results) : undefined
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
function replaceBetween(file: string, name: string, content: string): void {
  const whole = path.join(root, file)
  const text = readFileSync(whole, 'utf8')
  const begin = `<!-- ${name}:begin -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(`<!-- ${name}:end -->`)
  if (from < 0 || to < from) throw new Error(`${file} has no place for the table: ${begin}`)
  writeFileSync(whole, `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`)
}

function total(rows: readonly FaultResult[], of: 'fired' | 'acked' | 'lost' | 'doubled'): number {
  return rows.reduce((sum, row) => sum + row[of], 0)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
