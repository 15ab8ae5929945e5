/**
 * Asks Moldau and the real Apache Kafka 4.3.1 the same, and compares every answer field by field.
 *   run.sh [--ask] [CASE FILE…]    `--ask` asks Kafka again although its recorded answers are still valid
 * Prints a line per case file, then each difference that `compat/DIFFERENCES.md` does not explain.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { startKafka, startMoldau } from './brokers.ts'
import type { CaseFile, Recording } from './case.ts'
import { compareCase, type FieldDifference, type Pair } from './compare.ts'
import { type Entry, explanation, readEntries, textOf } from './differences.ts'
import { type LiveRecording, record } from './live-side.ts'
import { lastRecordings, loadRecordings, saveRecordings } from './recordings.ts'

const PAIRS_MIN = 2000
/** Most of the time of a case is waiting. */
const CONCURRENCY = 3
const SHOWN_PER_FILE = Number(process.env['SHOWN'] ?? 12)
const TEXT_CHARACTERS_MAX = 400

const here = import.meta.dirname
const root = path.join(here, '../..')
const parameters = process.argv.slice(2)
const isAsking = parameters.includes('--ask')
const chosen = parameters.filter(word => !word.startsWith('-'))
const files = readdirSync(path.join(here, 'cases'))
  .map(name => path.basename(name, '.ts'))
  .filter(name => chosen.length === 0 || chosen.includes(name))
const entries = readEntries(path.join(here, '../DIFFERENCES.md'))

interface FileResult {
  readonly file: string
  readonly cases: number
  readonly pairs: number
  readonly equal: number
  readonly explained: number
  readonly problems: readonly string[]
  readonly requests: readonly string[]
  readonly used: ReadonlySet<Entry>
}

async function runFile(file: string): Promise<FileResult> {
  const { cases, settings = {} } = (await import(`./cases/${file}.ts`)) as CaseFile
  const names = new Set(cases.map(({ name }) => name))
  if (names.size !== cases.length) throw new Error(`${file}: two cases have the same name`)
  const recorded = isAsking ? undefined : loadRecordings(file)
  const [kafka, moldau] = await Promise.all([
    recorded ?? askKafka(file, { cases, settings }),
    askAll({ cases, settings }, startMoldau),
  ])
  return resultOf(file, kafka, moldau)
}

/** Every case of a file, one after the other, on one fresh broker. */
async function askAll(
  { cases, settings = {} }: CaseFile,
  start: typeof startKafka,
): Promise<LiveRecording[]> {
  await using broker = await start(settings)
  const recordings: LiveRecording[] = []
  for (const [index, one] of cases.entries()) recordings.push(await record(one, index, broker))
  return recordings
}

async function askKafka(file: string, cases: CaseFile): Promise<readonly Recording[]> {
  const before = lastRecordings(file)
  const recordings = await askAll(cases, startKafka)
  saveRecordings(file, recordings)
  if (before !== undefined && isAsking) tellUnstable(file, before, recordings)
  return recordings
}

/** Kafka gave another answer than last time: such a case is no good. */
function tellUnstable(file: string, before: Recording[], now: readonly Recording[]): void {
  for (const recording of now) {
    const last = before.find(({ name }) => name === recording.name)
    if (last === undefined || last.steps.length !== recording.steps.length) continue
    for (const { label, index, differences } of compareCase(last, recording))
      for (const { field, kafka, moldau } of differences)
        console.log(
          `     Kafka changed its mind: ${file}: ${recording.name}: step ${index + 1} ${label} ${field}: ${textOf(kafka).slice(0, 100)} then ${textOf(moldau).slice(0, 100)}`,
        )
  }
}

function resultOf(
  file: string,
  kafka: readonly Recording[],
  moldau: readonly LiveRecording[],
): FileResult {
  const problems: string[] = []
  const used = new Set<Entry>()
  let [pairs, equal, explained] = [0, 0, 0]
  for (const [index, recording] of moldau.entries()) {
    const where = `${file}: ${recording.name}`
    for (const pair of compareCase(kafka[index]!, recording)) {
      pairs++
      const unexplained = pair.differences.filter(difference => {
        const entry = explanation(entries, { ...pair, where }, difference)
        if (entry !== undefined) used.add(entry)
        return entry === undefined
      })
      if (pair.differences.length === 0) equal++
      else if (unexplained.length === 0) explained++
      else problems.push(problemText(where, pair, recording, unexplained))
      if (pair.label === 'the case ended early')
        problems.push(`${where} ended early: ${textOf(recording.steps[pair.index]?.answer)}`)
    }
  }
  const requests = moldau.flatMap(recording => recording.requests)
  return { file, cases: moldau.length, pairs, equal, explained, problems, requests, used }
}

function problemText(
  where: string,
  pair: Pair,
  recording: LiveRecording,
  differences: readonly FieldDifference[],
): string {
  const shown = differences
    .slice(0, 6)
    .map(
      ({ field, kafka, moldau }) =>
        `\n       ${field}\n         Kafka   ${short(textOf(kafka))}\n         Moldau  ${short(textOf(moldau))}`,
    )
  const more = differences.length > 6 ? `\n       and ${differences.length - 6} more` : ''
  return `${where}: step ${pair.index + 1} ${pair.label}\n       asked ${short(recording.requestTexts[pair.index] ?? '')}${shown.join('')}${more}`
}

function short(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}…`
}

/** Whether the real Kafka can be started here; else says so. */
function hasJava(): boolean {
  const missing = ['java', 'mvn'].filter(tool => spawnSync(tool, ['-version']).error !== undefined)
  if (missing.length === 0) return true
  console.log(`skipped: ${missing.join(' and ')} missing, and some recorded answers are not valid`)
  return false
}

const needsKafka = files.some(file => isAsking || loadRecordings(file) === undefined)
if (needsKafka && !hasJava()) process.exit(process.env['CI'] === 'true' ? 1 : 0)

const left = [...files]
const results: FileResult[] = []
console.log('                          cases   pairs   equal  explained  differing')
async function runFiles(): Promise<void> {
  for (let file = left.shift(); file !== undefined; file = left.shift()) {
    const result = await runFile(file)
    results.push(result)
    const differing = result.pairs - result.equal - result.explained
    console.log(
      `${differing === 0 && result.problems.length === 0 ? 'ok  ' : 'FAIL'} ${file.padEnd(20)}${[result.cases, result.pairs, result.equal].map(n => String(n).padStart(7)).join(' ')}${String(result.explained).padStart(11)}${String(differing).padStart(11)}`,
    )
    for (const problem of result.problems.slice(0, SHOWN_PER_FILE)) console.log(`     ${problem}`)
    if (result.problems.length > SHOWN_PER_FILE)
      console.log(`     and ${result.problems.length - SHOWN_PER_FILE} more in ${file}`)
  }
}
await Promise.all(Array.from({ length: CONCURRENCY }, runFiles))

const sum = (count: (result: FileResult) => number): number =>
  results.reduce((total, result) => total + count(result), 0)
const pairs = sum(result => result.pairs)
const equal = sum(result => result.equal)
const explained = sum(result => result.explained)
const requests = new Set(results.flatMap(result => result.requests)).size
const failed = results.flatMap(result => result.problems)
if (chosen.length === 0) {
  for (const entry of entries)
    if (!results.some(({ used }) => used.has(entry)))
      failed.push(`compat/DIFFERENCES.md: no pair matched ${entry.id} any more`)
  if (pairs < PAIRS_MIN) failed.push(`${pairs} pairs were compared, fewer than ${PAIRS_MIN}`)
  for (const problem of failed.filter(text => text.startsWith('compat/') || /^\d/.test(text)))
    console.log(`FAIL ${problem}`)
  writeResults()
}
console.log(
  `${pairs} pairs of answers compared (${requests} different requests, ${sum(result => result.cases)} cases): ${equal} equal, ${explained} explained by ${entries.length} entries of compat/DIFFERENCES.md, ${pairs - equal - explained} differing`,
)
process.exit(failed.length === 0 ? 0 : 1)

/** For the report that makes the README's tables. */
function writeResults(): void {
  const folder = path.join(root, '.results/compat')
  mkdirSync(folder, { recursive: true })
  const result = {
    command: 'compat',
    part: 'oracle',
    peer: 'Apache Kafka 4.3.1',
    when: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
    }).trim(),
    checks: pairs,
    passed: equal + explained,
    failed,
    figures: { pairs, equal, explained, requests, entries: entries.length, files: results.length },
    rows: results
      .toSorted((a, b) => a.file.localeCompare(b.file))
      .map(({ file, cases, pairs: count, equal: same, explained: listed }) => ({
        file,
        cases,
        pairs: count,
        equal: same,
        explained: listed,
        differing: count - same - listed,
      })),
  }
  writeFileSync(path.join(folder, 'oracle.json'), `${JSON.stringify(result, undefined, 2)}\n`)
}
