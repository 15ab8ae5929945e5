/**
 * Asks Moldau and the real Apache Kafka 4.3.1 the same, and compares every answer field by field.
 *   run.sh [--ask] [CASE FILE…]    `--ask` asks Kafka again although its recorded answers are still valid
 * Prints a line per case file, then each kind of difference that `compat/DIFFERENCES.md` does not explain.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { startKafka, startMoldau } from './brokers.ts'
import type { CaseFile, Recording } from './case.ts'
import { compareCase } from './compare.ts'
import { readEntries, textOf } from './differences.ts'
import { type LiveRecording, record } from './live-side.ts'
import type { NotShown } from './semantics/not-shown.ts'
import { lastRecordings, loadRecordings, saveRecordings } from './recordings.ts'
import {
  failedFile,
  type FileResult,
  printFile,
  printHead,
  printTotal,
  resultOf,
} from './report.ts'

/** Most of the time of a case is waiting. */
const CONCURRENCY = 4

const here = import.meta.dirname
const parameters = process.argv.slice(2)
const isAsking = parameters.includes('--ask')
const chosen = parameters.filter(word => !word.startsWith('-'))
const files = readdirSync(path.join(here, 'cases'))
  .map(name => path.basename(name, '.ts'))
  .filter(name => chosen.length === 0 || chosen.includes(name))
const entries = readEntries(path.join(here, '../DIFFERENCES.md'))

async function runFile(file: string): Promise<FileResult> {
  const { cases, settings = {}, notShown = [] } = (await import(`./cases/${file}.ts`)) as CaseFile
  omitted.push(...notShown)
  const names = new Set(cases.map(({ name }) => name))
  if (names.size !== cases.length) throw new Error(`${file}: two cases have the same name`)
  const recorded = isAsking ? undefined : loadRecordings(file)
  // Both to their end, so that no broker is left behind when the other fails.
  const [kafka, moldau] = await Promise.allSettled([
    recorded ?? askKafka(file, { cases, settings }),
    askAll({ cases, settings }, startMoldau),
  ])
  return resultOf(file, entries, valueOf(kafka), valueOf(moldau))
}

function valueOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'fulfilled') return result.value
  throw result.reason
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

/** One Kafka at a time: each wants a processor and half a gigabyte. */
let kafkaIsFree: Promise<unknown> = Promise.resolve()

async function askKafka(file: string, cases: CaseFile): Promise<readonly Recording[]> {
  const before = lastRecordings(file)
  const asking = kafkaIsFree.then(() => askAll(cases, startKafka))
  kafkaIsFree = asking.catch(() => {})
  const recordings = await asking
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
const omitted: NotShown[] = []
const results: FileResult[] = []
async function runFiles(): Promise<void> {
  for (let file = left.shift(); file !== undefined; file = left.shift()) {
    const result = await runFile(file).catch((error: unknown) => failedFile(file, error))
    results.push(result)
    printFile(result)
  }
}
printHead()
await Promise.all(Array.from({ length: CONCURRENCY }, runFiles))
if (omitted.length > 0)
  console.log(
    `     ${omitted.length} items of the list of traps are not shown on one node: VERBOSE=1 tells why`,
  )
if (process.env['VERBOSE'] !== undefined)
  for (const { item, reason } of omitted) console.log(`       ${item}: ${reason}`)
const isWell = printTotal(results, entries, chosen.length === 0)
process.exit(isWell ? 0 : 1)
