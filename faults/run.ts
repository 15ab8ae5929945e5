/**
 * `npm run faults`: the short form of everything, first the simulated faults (`sim/run.ts`), then the real ones, as one
 * table. `npm run faults -- NAME…` runs some of it: `sim`, `real`, or a fault of `real/parts.ts`.
 * `npm run faults -- long NAME COUNT` runs a fault so often, goes on where a stopped run was, and adds to the ledger.
 * `npm run faults -- --report` writes the tables of the docs.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { readGuarantees } from './guarantees.ts'
import { currentCommit, writeResult } from '../scripts/results.ts'
import { ledger, Progress } from './ledger.ts'
import { type FaultResult, isGood } from './real/fault-result.ts'
import { missing } from './real/needs.ts'
import { type Part, parts } from './real/parts.ts'
import { report } from './report.ts'

const isCi = process.env['CI'] === 'true'
const [first, ...words] = process.argv.slice(2)
// What is mounted and what runs goes with this process: see the handlers of `exit` in server-process.ts and volume.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(1))

process.exitCode = (await run()) ? 0 : 1

async function run(): Promise<boolean> {
  if (first === '--report') {
    report()
    return true
  }
  if (first === 'long') {
    const part = parts.find(({ name }) => name === words[0])
    if (words[0] === 'sim') return simulated('long', ...words.slice(1))
    if (part === undefined) throw new Error(`No such fault: ${words[0]}`)
    return runLong(part, Number(words[1]))
  }
  // One crash point, or one bit, again: the simulated faults name it when it fails.
  if (first === '--point' || first === '--flip') return simulated(first, ...words)
  const names = first === undefined ? [] : [first, ...words]
  const unknown = names.filter(
    name => name !== 'sim' && name !== 'real' && !parts.some(part => part.name === name),
  )
  if (unknown.length > 0) throw new Error(`No such fault: ${unknown.join(', ')}`)
  const { guarantees, problems } = readGuarantees()
  for (const problem of problems) console.log(`FAIL docs/guarantees.md: ${problem}`)
  if (problems.length === 0)
    console.log(`ok   docs/guarantees.md: each of ${guarantees.length} sentences has its tests`)
  let isAllGood = problems.length === 0
  if (names.length === 0 || names.includes('sim')) isAllGood = simulated() && isAllGood
  const chosen = parts.filter(
    ({ name }) => names.length === 0 || names.includes('real') || names.includes(name),
  )
  if (chosen.length > 0) isAllGood = (await runShort(chosen)) && isAllGood
  return isAllGood
}

/** The simulated faults print and write their own results. */
function simulated(...options: string[]): boolean {
  const script = path.join(import.meta.dirname, 'sim/run.ts')
  const { status } = spawnSync(process.execPath, ['--no-warnings', script, ...options], {
    stdio: 'inherit',
  })
  return status === 0
}

async function runShort(chosen: readonly Part[]): Promise<boolean> {
  const rows: FaultResult[] = []
  const skipped: string[] = []
  for (const part of chosen) {
    const lacking = missing(part.needs)
    if (lacking.length > 0) {
      console.log(`${part.name} skipped: there is no ${lacking.join(', no ')} here`)
      skipped.push(part.name)
      continue
    }
    const result = await runPart(part, part.short, 0)
    rows.push(result)
    console.log(`${isGood(result) ? 'ok  ' : 'FAIL'} ${result.fault} (${result.seconds} s)`)
    for (const failure of result.failures) console.log(`     ${failure}`)
  }
  const failed = rows.filter(row => !isGood(row)).map(({ fault }) => fault)
  if (isCi && skipped.length > 0) failed.push(`skipped: ${skipped.join(', ')}`)
  printTable(rows)
  // Only a whole run is one that the report may quote.
  if (chosen.length === parts.length)
    writeResult('faults', {
      command: 'faults',
      part: 'real',
      peer: 'Apache Kafka 4.3.1',
      checks: rows.length,
      passed: rows.filter(isGood).length,
      failed,
      skipped,
      figures: {
        fired: sum(rows, ({ fired }) => fired),
        acked: sum(rows, ({ acked }) => acked),
        lost: sum(rows, ({ lost }) => lost),
        doubled: sum(rows, ({ doubled }) => doubled),
      },
      rows,
    })
  return failed.length === 0
}

/** A fault whose test cannot go on has failed; the others are run all the same. */
async function runPart(part: Part, count: number, from: number): Promise<FaultResult> {
  const began = performance.now()
  try {
    return await part.run(count, from)
  } catch (error) {
    return {
      fault: part.name,
      fired: 0,
      acked: 0,
      lost: 0,
      doubled: 0,
      recovered: 0,
      failures: [(error as Error).stack ?? String(error)],
      seconds: Math.round((performance.now() - began) / 100) / 10,
    }
  }
}

/** Runs until `count` rounds are done on this commit. The ledger grows with every chunk. */
async function runLong(part: Part, count: number): Promise<boolean> {
  if (!(count > 0)) throw new Error('npm run faults -- long NAME COUNT')
  const lacking = missing(part.needs)
  if (lacking.length > 0) throw new Error(`There is no ${lacking.join(', no ')} here`)
  const commit = currentCommit()
  const progress = new Progress(part.kind, commit)
  let isAllGood = true
  while (progress.state.next < count) {
    const { next } = progress.state
    const rounds = Math.min(part.chunk, count - next)
    const result = await runPart(part, rounds, next)
    const { acked, lost, doubled, failures, seconds } = result
    ledger.add({
      kind: part.kind,
      commit,
      count: result.fired,
      acked,
      lost: result.otherLost ?? lost,
      doubled,
      failures: failures.length,
      seconds,
    })
    progress.save({ next: next + rounds })
    isAllGood &&= isGood(result)
    console.log(
      `${isGood(result) ? 'ok  ' : 'FAIL'} ${next + rounds} of ${count}: fired=${result.fired} acked=${acked} lost=${lost} doubled=${doubled} ${seconds} s ${result.note ?? ''}`,
    )
    for (const failure of failures) console.log(`     ${failure}`)
  }
  progress.clear()
  return isAllGood
}

function printTable(rows: readonly FaultResult[]): void {
  const lines = [
    ['fault', 'fired', 'acked', 'lost', 'doubled', 'recovered', 'seconds', ''],
    ...rows.map(({ fault, fired, acked, lost, doubled, recovered, seconds, note = '' }) => [
      fault,
      ...[fired, acked, lost, doubled, recovered, seconds].map(String),
      note,
    ]),
  ]
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map(line => line[i]!.length)))
  for (const line of lines)
    console.log(
      line
        .map((cell, i) =>
          i === 0 || i === 7 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
        )
        .join('  ')
        .trimEnd(),
    )
}

function sum(rows: readonly FaultResult[], of: (row: FaultResult) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
