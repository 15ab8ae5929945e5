/** Counts the pairs of a case file, prints tables and differences, and writes `.results/compat/oracle.json`. */
import { writeResult } from '../results.ts'
import type { Recording } from './case.ts'
import { compareCase, type FieldDifference, type Pair } from './compare.ts'
import { type Entry, explanation, textOf } from './differences.ts'
import type { LiveRecording } from './live-side.ts'

const PAIRS_MIN = 2000
const SHOWN_PER_FILE = Number(process.env['SHOWN'] ?? 12)
const FIELDS_SHOWN = 6
const TEXT_CHARACTERS_MAX = 300
const NAME_COLUMNS = 26

/** What went wrong in a step; steps of one kind are printed once. */
interface Problem {
  readonly kind: string
  readonly text: string
}

/** Of one case file. */
export interface FileResult {
  readonly file: string
  readonly cases: number
  /** Requests with both answers. */
  readonly pairs: number
  readonly equal: number
  readonly explained: number
  /** Compared as well, but not the answer to one request. */
  readonly observations: number
  readonly problems: readonly Problem[]
  /** Digests of the requests. */
  readonly requests: readonly string[]
  readonly used: ReadonlySet<Entry>
}

/** Compares the recordings of a file. */
export function resultOf(
  file: string,
  entries: readonly Entry[],
  kafka: readonly Recording[],
  moldau: readonly LiveRecording[],
): FileResult {
  const problems: Problem[] = []
  const used = new Set<Entry>()
  let [pairs, equal, explained, observations] = [0, 0, 0, 0]
  for (const [index, recording] of moldau.entries()) {
    const where = `${file}: ${recording.name}`
    for (const pair of compareCase(kafka[index]!, recording)) {
      const isPair = recording.requestTexts[pair.index] !== ''
      if (isPair) pairs++
      else observations++
      const unexplained = pair.differences.filter(difference => {
        const entry = explanation(entries, { ...pair, where }, difference)
        if (entry !== undefined) used.add(entry)
        return entry === undefined
      })
      if (unexplained.length > 0) problems.push(problemOf(where, pair, recording, unexplained))
      else if (isPair && pair.differences.length === 0) equal++
      else if (isPair) explained++
      if (pair.label === 'the case ended early' && unexplained.length === 0)
        problems.push({
          kind: 'early',
          text: `${where} ended early: ${textOf(recording.steps[pair.index]?.answer)}`,
        })
    }
  }
  const requests = moldau.flatMap(recording => recording.requests)
  const counts = { pairs, equal, explained, observations }
  return { file, cases: moldau.length, ...counts, problems, requests, used }
}

/** A file whose brokers could not be asked. */
export function failedFile(file: string, error: unknown): FileResult {
  const text = `${file} was not asked: ${error instanceof Error ? error.message : String(error)}`
  const counts = { cases: 0, pairs: 0, equal: 0, explained: 0, observations: 0 }
  return { file, ...counts, problems: [{ kind: file, text }], requests: [], used: new Set() }
}

function problemOf(
  where: string,
  pair: Pair,
  recording: LiveRecording,
  differences: readonly FieldDifference[],
): Problem {
  const shown = differences
    .slice(0, FIELDS_SHOWN)
    .map(
      ({ field, kafka, moldau }) =>
        `\n       ${field}\n         Kafka   ${short(textOf(kafka))}\n         Moldau  ${short(textOf(moldau))}`,
    )
  const more =
    differences.length > FIELDS_SHOWN
      ? `\n       and ${differences.length - FIELDS_SHOWN} more`
      : ''
  return {
    kind: JSON.stringify([pair.api, differences.slice(0, 3)]).replaceAll(/\d+/g, ''),
    text: `${where}: step ${pair.index + 1} ${pair.label}\n       asked ${short(recording.requestTexts[pair.index] ?? '')}${shown.join('')}${more}`,
  }
}

function short(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}…`
}

/** The head of the table. */
export function printHead(): void {
  console.log(
    `     ${'case file'.padEnd(NAME_COLUMNS)}${row(['cases', 'pairs', 'equal', 'explained', 'differing'])}`,
  )
}

/** A file's row, and its problems, one of each kind. */
export function printFile(result: FileResult): void {
  const { file, cases, pairs, equal, explained, problems } = result
  const numbers = [cases, pairs, equal, explained, pairs - equal - explained]
  console.log(
    `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${file.padEnd(NAME_COLUMNS)}${row(numbers)}`,
  )
  const kinds = Map.groupBy(problems, ({ kind }) => kind)
  for (const [first, ...same] of [...kinds.values()].slice(0, SHOWN_PER_FILE))
    console.log(
      `     ${first!.text}${same.length === 0 ? '' : `\n       ${same.length} more such`}`,
    )
  if (kinds.size > SHOWN_PER_FILE)
    console.log(`     and ${kinds.size - SHOWN_PER_FILE} kinds more in ${file}`)
}

function row(cells: readonly (string | number)[]): string {
  return cells.map(cell => String(cell).padStart(10)).join('')
}

/** The last line; of a whole run also what the run as a whole lacks, and the results file. Whether all is well. */
export function printTotal(
  results: readonly FileResult[],
  entries: readonly Entry[],
  isWhole: boolean,
): boolean {
  const sum = (count: (result: FileResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0)
  const figures = {
    pairs: sum(result => result.pairs),
    equal: sum(result => result.equal),
    explained: sum(result => result.explained),
    observations: sum(result => result.observations),
    requests: new Set(results.flatMap(result => result.requests)).size,
    cases: sum(result => result.cases),
    entries: entries.length,
  }
  const failed = results.flatMap(({ problems }) => problems.map(({ text }) => text))
  const lacking: string[] = []
  if (isWhole) {
    for (const entry of entries)
      if (!results.some(({ used }) => used.has(entry)))
        lacking.push(`compat/DIFFERENCES.md: no pair matched ${entry.id} any more`)
    if (figures.pairs < PAIRS_MIN)
      lacking.push(`${figures.pairs} pairs were compared, fewer than ${PAIRS_MIN}`)
    for (const problem of lacking) console.log(`FAIL ${problem}`)
    writeResults(results, figures, [...failed, ...lacking])
  }
  const { pairs, equal, explained } = figures
  console.log(
    `${pairs} pairs of answers compared (${figures.requests} different requests in ${figures.cases} cases, and ${figures.observations} observations): ${equal} equal, ${explained} explained by compat/DIFFERENCES.md (${entries.length} entries), ${pairs - equal - explained} differing`,
  )
  return failed.length === 0 && lacking.length === 0
}

/** For the report that makes the README's tables. */
function writeResults(
  results: readonly FileResult[],
  figures: Readonly<Record<'pairs' | 'equal' | 'explained', number>>,
  failed: readonly string[],
): void {
  writeResult({
    part: 'oracle',
    peer: 'Apache Kafka 4.3.1',
    checks: figures.pairs,
    passed: figures.equal + figures.explained,
    failed,
    figures,
    rows: results
      .toSorted((a, b) => a.file.localeCompare(b.file))
      .map(({ file, cases, pairs, equal, explained, observations }) => ({
        file,
        cases,
        pairs,
        equal,
        explained,
        differing: pairs - equal - explained,
        observations,
      })),
  })
}
