/**
 * `npm run compat -- --report`: turns what the last whole runs left in `.results/compat/` into `docs/compatibility.md`
 * and the table of the README. Fails when a part has no result or one with failures, and then writes nothing.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { markdownTable, replaceBetweenMarks } from '../scripts/report.ts'
import { resultsFolder } from '../scripts/results.ts'
import { type Area, areas } from './clients/list.ts'
import type { Counts } from './clients/suite.ts'
import type { Result } from './results.ts'

type ClientRow = {
  readonly name: string
  readonly version: string
  readonly language: string
  readonly areas: Readonly<Record<Area, Counts>>
  readonly seconds: number
}
type OracleRow = {
  readonly file: string
  readonly cases: number
  readonly pairs: number
  readonly equal: number
  readonly explained: number
}

const root = path.join(import.meta.dirname, '..')
const problems: string[] = []
const oracle = readResult('oracle')
const codecs = readResult('codecs')
const clients = readResult('clients')
const folders = readResult('folders')
// The suites against Kafka itself run by hand; their result stands beside ours when it is there.
const judged = existsSync(fileOf('clients-kafka')) ? readResult('clients-kafka') : undefined
if (problems.length > 0) {
  for (const problem of problems) console.error(problem)
  console.error('Nothing is written: run `npm run compat` until every part holds')
  process.exit(1)
}
writeFileSync(path.join(root, 'docs/compatibility.md'), page())
replaceBetweenMarks('README.md', 'compat', summary())
console.log('docs/compatibility.md and the README tell what the last runs found')

function fileOf(part: string): string {
  return path.join(resultsFolder('compat'), `${part}.json`)
}

function readResult(part: string): Result {
  const missing: Result = {
    command: 'compat',
    part,
    peer: '',
    when: '',
    commit: '',
    checks: 0,
    passed: 0,
    failed: [],
    figures: {},
    rows: [],
  }
  if (!existsSync(fileOf(part))) {
    problems.push(`${part}: has not run`)
    return missing
  }
  const result = JSON.parse(readFileSync(fileOf(part), 'utf8')) as Result
  if (result.failed.length > 0) problems.push(`${part}: ${result.failed.length} failed`)
  return result
}

/** The README's table: one line a part. */
function summary(): string {
  const rows = [
    [
      'the same request to both: error codes, fields, order, offsets, texts',
      `${figure(oracle, 'pairs')} pairs of answers, ${figure(oracle, 'cases')} cases`,
      `${figure(oracle, 'equal')} equal, ${figure(oracle, 'explained')} explained by ${figure(oracle, 'entries')} entries`,
    ],
    [
      'every message in every version, byte for byte as the Java classes',
      `${figure(codecs, 'cases')} values of ${figure(codecs, 'messages')} messages, ${figure(codecs, 'damaged')} of them damaged`,
      `${count(codecs.passed)} equal, ${count(codecs.checks - codecs.passed)} explained`,
    ],
    [
      'unmodified clients',
      `${clients.rows.length} clients`,
      `${count(clients.passed)} of ${count(clients.checks)} behaviours hold`,
    ],
    [
      'data folders exchanged, both ways',
      `${count(folders.checks)} checks`,
      `${count(folders.passed)} hold`,
    ],
  ]
  const lines = clientRows(clients).map(row => [
    row.name,
    row.version,
    row.language,
    ...areas.map(area => cell(row.areas[area])),
  ])
  return [
    markdownTable(['against Apache Kafka 4.3.1', 'asked', 'found'], rows),
    '',
    markdownTable(['client', 'version', 'language', ...areas], lines),
  ].join('\n')
}

function page(): string {
  return `<!-- Written by \`npm run compat -- --report\` from the last runs: do not edit. -->

# Compatibility with Apache Kafka 4.3.1

\`npm run compat\` runs all of it, \`npm run compat -- clients\` (or \`oracle\`, \`codecs\`, \`folders\`) one part,
\`compat/run.sh kafkajs\` one client; \`npm run compat -- --report\` writes this page. What it needs beside npm stands in
[CONTRIBUTING.md](../CONTRIBUTING.md); how it works in [compat/README.md](../compat/README.md).

${markdownTable(['part', 'checks', 'passed', 'when', 'commit'], [oracle, codecs, clients, folders].map(describe))}

## Clients

Each number is so many behaviours of that area, shown by the unmodified client. A dash: the client does not offer it. The
same suites run against Apache Kafka itself with \`PEER=kafka compat/run.sh clients\`.

${clientsTable(clients)}

${figure(clients, 'behaviours')} behaviours in ${figure(clients, 'seconds')} s.${judgement()}

## Answers

The same requests, as bytes on a socket, to both brokers: every field of each answer is compared. Pairs are counted once
for each request and answer.

${oracleTable()}

${figure(oracle, 'pairs')} pairs: ${figure(oracle, 'equal')} equal, ${figure(oracle, 'explained')} explained below.

## Explained differences

${differences()}

## Codecs

Random values of every message in every version, encoded and decoded by Moldau and by the classes of kafka-clients; the
bytes must be the same. Damaged bytes go to both parsers: what one refuses the other refuses.

${markdownTable(
  ['', ''],
  Object.entries(codecs.figures).map(([name, value]) => [words(name), count(value)]),
)}

${markdownTable(
  ['explained difference', 'cases'],
  (codecs.rows as { difference: string; cases: number }[]).map(row => [
    row.difference,
    count(row.cases),
  ]),
)}

## Data folders

A folder written by one broker is opened, read, written on by the other and opened by the first again; Kafka's own dump
tool reads each segment.

${(folders.rows as { check: string }[]).map(row => `- ${row.check}`).join('\n')}
`
}

function describe(result: Result): string[] {
  const { part, checks, passed, when, commit } = result
  return [part, count(checks), count(passed), when.slice(0, 16).replace('T', ' '), commit]
}

function clientsTable(result: Result): string {
  const rows = clientRows(result)
  const lines = rows.map(row => [
    row.name,
    row.version,
    row.language,
    ...areas.map(area => cell(row.areas[area])),
    String(areas.reduce((sum, area) => sum + row.areas[area].holds, 0)),
    String(row.seconds),
  ])
  const sums = areas.map(area => String(rows.reduce((sum, row) => sum + row.areas[area].holds, 0)))
  lines.push(['all', '', '', ...sums, String(result.passed), ''])
  return markdownTable(['client', 'version', 'language', ...areas, 'all', 'seconds'], lines)
}

function judgement(): string {
  if (judged === undefined) return ''
  return ` Against Apache Kafka, at ${judged.when.slice(0, 16).replace('T', ' ')} on commit ${judged.commit}: ${count(judged.passed)} of ${count(judged.checks)} in ${figure(judged, 'seconds')} s.`
}

function oracleTable(): string {
  const rows = (oracle.rows as OracleRow[]).filter(row => row.pairs > 0)
  return markdownTable(
    ['subject', 'cases', 'pairs', 'equal', 'explained'],
    rows.map(row => [row.file, ...[row.cases, row.pairs, row.equal, row.explained].map(count)]),
  )
}

/** The rows of compat/DIFFERENCES.md, without those columns that only the comparison needs, and what it tells behind them. */
function differences(): string {
  const text = readFileSync(path.join(import.meta.dirname, 'DIFFERENCES.md'), 'utf8')
  const lines = text.split('\n').filter(line => line.startsWith('| '))
  const cells = lines.map(line => line.slice(2, -2).split(' | '))
  const behind = text.slice(text.lastIndexOf('\n| ')).split('\n\n').slice(1).join('\n\n').trim()
  const [header, , ...rows] = cells
  if (header === undefined) return 'None.'
  const columns = ['API', 'field', 'Kafka', 'Moldau', 'reason'].map(name => header.indexOf(name))
  // Patterns hold stars, which Markdown would take for its own.
  const isText = (column: number): boolean => /API|reason/.test(header[column] ?? '')
  const explained = markdownTable(
    columns.map(column => header[column] ?? ''),
    rows.map(row =>
      columns.map(column => (isText(column) ? row[column] : `\`${row[column]}\``) ?? ''),
    ),
  )
  return `${explained}\n\n${behind}`
}

function clientRows(result: Result): readonly ClientRow[] {
  return result.rows as readonly ClientRow[]
}

function cell({ holds, fails }: Counts): string {
  if (fails > 0) return `${holds} of ${holds + fails}`
  return holds === 0 ? '–' : String(holds)
}

function figure(result: Result, name: string): string {
  return count(result.figures[name] ?? '?')
}

/** Thousands apart. */
function count(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value
}

/** `acceptedByBoth` as words. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}
