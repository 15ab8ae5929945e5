/**
 * Runs suites of unmodified Kafka clients, each against a broker of its own that is restarted on the way, and prints
 * one table. `PEER=kafka` starts the real Apache Kafka instead of Moldau, which judges the suites themselves. A client
 * that fails a check, or that cannot be installed, fails the run.
 */
import { peer } from './clients/broker.ts'
import { areas, type Client, clients } from './clients/list.ts'
import { type Outcome, runSuite } from './clients/suite.ts'
import { writeResult } from './results.ts'

/** Most of the time of a client is waiting: two at once keep two cores busy. */
const CONCURRENCY = 2
/**
 * Clients have races of their own (they show against Apache Kafka as well): a suite that fails runs once more, against a
 * fresh broker. The run says so, and so does its result.
 */
const ATTEMPTS = 2
const started = Date.now()
const names = process.argv.slice(2)
const unknown = names.filter(name => !clients.some(({ folder }) => folder === name))
if (unknown.length > 0) throw new Error(`No such client: ${unknown.join(', ')}`)

const left = clients.filter(({ folder }) => names.length === 0 || names.includes(folder))
const order = [...left]
const outcomes: Outcome[] = []
const repeated: string[] = []

/** Runs the next client that is left, until none is. */
async function runClients(): Promise<void> {
  for (let client = left.shift(); client !== undefined; client = left.shift()) {
    let outcome = await runSuite(client)
    for (let attempt = 1; outcome.failure !== undefined && attempt < ATTEMPTS; attempt++) {
      tell(client, outcome)
      console.log(`     ${client.folder} runs once more`)
      repeated.push(client.folder)
      outcome = await runSuite(client)
    }
    outcomes.push(outcome)
    tell(client, outcome)
  }
}

function tell(client: Client, { lines, failure, skipped, seconds }: Outcome): void {
  if (skipped !== undefined) {
    console.log(`${client.folder} skipped: ${skipped}`)
    return
  }
  const held = lines.filter(line => line.startsWith('ok')).length
  console.log(
    `${failure === undefined ? 'ok  ' : 'FAIL'} ${client.folder.padEnd(18)} ${held} behaviours, ${seconds.toFixed(1)} s, against ${peer}`,
  )
  const shown = lines.filter(line => process.env['VERBOSE'] || line.startsWith('not ok'))
  for (const line of shown) console.log(`     ${line}`)
  if (failure !== undefined) console.log(`     ${failure}`)
}

function printTable(rows: readonly Outcome[]): void {
  const header = ['client', 'version', ...areas, 'all', 'seconds']
  const lines = rows.map(({ client, areas: counts, lines: checks, seconds }) => [
    client.name,
    client.version,
    ...areas.map(area => {
      const { holds, fails } = counts[area]
      return fails > 0 ? `${holds}/${holds + fails}` : holds > 0 ? String(holds) : '-'
    }),
    String(checks.filter(line => line.startsWith('ok')).length),
    seconds.toFixed(1),
  ])
  const widths = header.map((_, i) =>
    Math.max(...[header, ...lines].map(line => line[i]?.length ?? 0)),
  )
  for (const line of [header, ...lines])
    console.log(
      line
        .map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
}

await Promise.all(Array.from({ length: CONCURRENCY }, runClients))
const ran = order.flatMap(client =>
  outcomes.filter(outcome => outcome.client === client && outcome.skipped === undefined),
)
const checks = ran.flatMap(outcome => outcome.lines)
const passed = checks.filter(line => line.startsWith('ok')).length
const failed = ran.flatMap(({ client, lines, failure }) => [
  ...lines.filter(line => line.startsWith('not ok')).map(line => `${client.folder}: ${line}`),
  ...(failure === undefined ? [] : [`${client.folder}: ${failure.split('\n', 1)[0]}`]),
])
printTable(ran)
const seconds = Math.round((Date.now() - started) / 1000)
const bad = ran.filter(({ failure }) => failure !== undefined).length
console.log(
  `${passed} behaviours of ${ran.length - bad} clients hold against ${peer}, ${seconds} s`,
)
console.log(
  `${ran.length - bad} passed, ${bad} failed, ${outcomes.length - ran.length} skipped, run twice: ${repeated.join(', ') || 'none'}`,
)
if (names.length === 0)
  writeResult({
    part: peer === 'Moldau' ? 'clients' : 'clients-kafka',
    peer,
    checks: checks.length,
    passed,
    failed,
    figures: {
      clients: ran.length,
      behaviours: passed,
      seconds,
      runTwice: repeated.join(', ') || 'none',
    },
    rows: ran.map(({ client, areas: counts, seconds: took }) => ({
      name: client.name,
      version: client.version,
      language: client.language,
      areas: counts,
      seconds: Number(took.toFixed(1)),
    })),
  })
process.exit(failed.length === 0 ? 0 : 1)
