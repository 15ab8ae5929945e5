/**
 * `npm run bench [-- ROW…] [--quick]`: asks every question of speed, or those whose names begin with a ROW, of Apache
 * Kafka and of Moldau in turns, and prints one table. ROUNDS=5, SECONDS_EACH=2.
 */
import { buildTools, ask, type Figures } from './core/tools.ts'
import { Bench, batches15 } from './core/bench.ts'
import { Peer } from './core/peers.ts'
import type { Question } from './core/question.ts'
import { quickFolder, recordedFolder, writeResults } from './core/results.ts'
import { askInRounds } from './core/run.ts'
import { briefly, figure, type Line, linesOf, tableText, worstDelay } from './core/table.ts'
import { questions } from './questions/index.ts'

/** A JVM needs this much load before its figures are its own; V8 is given the same. */
const WARM_UP_SECONDS = 12
const LOOP_DELAY_MAX_MS = 20
const MISSED_ROWS_MAX = 3

const isQuick = process.argv.includes('--quick')
const wanted = process.argv.slice(2).filter(argument => !argument.startsWith('--'))
const rounds = Number(process.env['ROUNDS'] ?? (isQuick ? 1 : 5))
const seconds = Number(process.env['SECONDS_EACH'] ?? (isQuick ? 0.2 : 2))
const asked = questions.filter(
  ({ name }) => wanted.length === 0 || wanted.some(prefix => name.startsWith(prefix)),
)
if (asked.length === 0) {
  console.error(`No such row. There are: ${questions.map(({ name }) => name).join(' ')}`)
  process.exit(2)
}

const begun = performance.now()
const elapsed = (): string => `${((performance.now() - begun) / 1000).toFixed(0)} s`
buildTools(asked.some(({ name }) => name === 'librdkafka'))
const bench = new Bench(isQuick, seconds)
const folder = isQuick ? quickFolder : recordedFolder
const lines: Line[] = []
const failures: string[] = []

async function answer(question: Question, peers: readonly Peer[]): Promise<void> {
  process.stderr.write(`${elapsed().padStart(7)}  ${question.name}: ${question.how}\n`)
  try {
    const answers = await askInRounds(question, peers, bench, rounds)
    const told = linesOf(question, answers)
    lines.push(...told)
    process.stderr.write(`${told.map(briefly).join('\n')}\n`)
    const busiest = { foreignCpuShare: Math.max(...answers.foreign) }
    writeResults(folder, question.name, rounds, told, busiest)
  } catch (error) {
    failures.push(question.name)
    console.error(`${question.name} failed:`, error)
  }
}

/** Until the brokers have compiled what they run: every kind of load in turns. */
async function warmUp(peers: readonly Peer[]): Promise<void> {
  const until = isQuick ? 1 : WARM_UP_SECONDS
  for (const peer of peers) {
    const begin = performance.now()
    do {
      await bench.withTopic(peer, 16, async topic => {
        const tiny = { record: 100, count: 1, connections: 16, partitions: 16, inflight: 5 }
        await bench.produce(peer, topic, tiny, 5e6)
        await bench.produce(peer, topic, { ...batches15, connections: 4, partitions: 4 }, 150e6)
        await ask('load', 'consume', { boot: peer.boot, topic, records: 100_000 })
      })
    } while (performance.now() - begin < until * 1000)
  }
}

/** What was started ends with this process, however it ends. */
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    bench.close()
    process.exit(1)
  })

let floor: Figures = {}
let peers: Peer[] = []
try {
  floor = await ask('raw', 'floor', { folder: bench.folder, megabytes: isQuick ? 64 : 512 })
  const alone = asked.filter(question => question.isAlone === true)
  const shared = asked.filter(question => question.isAlone !== true)
  if (alone.length > 0) {
    peers = [await Peer.create('kafka'), await Peer.create('os'), await Peer.create('commit')]
    for (const question of alone) await answer(question, peers)
    for (const peer of peers) await peer.remove()
  }
  if (shared.length > 0) {
    peers = [await Peer.create('kafka'), await Peer.create('os'), await Peer.create('commit')]
    for (const peer of peers) peer.launch()
    for (const peer of peers) await peer.listens()
    await warmUp(peers)
    peers.push(...peers.slice(0, 1).map(peer => peer.withSync()))
    for (const question of shared) await answer(question, peers)
  }
} finally {
  for (const peer of peers) if (peer.key !== 'kafkaSync') await peer.remove()
  bench.close()
}

const figureOf = (name: string): string => figure(floor[name])
const worst = Math.max(0, ...lines.map(line => worstDelay(line, 'ownMs')))
const blocked = Math.max(0, ...lines.map(line => worstDelay(line, 'allMs')))
const took = (performance.now() - begun) / 1000
writeResults(folder, 'floor', rounds, [], {
  ...floor,
  loopDelayP999Ms: worst,
  loopDelayBlockedP999Ms: blocked,
  seconds: took,
})
console.log(`\n${tableText(lines)}\n
medians of ${rounds} runs in turns; "times" = how many times better than Kafka, of each pair (min..max), pairs that reach what is asked
floor: pwrite of 16 / 64 / 256 KB pieces ${figureOf('pwrite16KMBps')} / ${figureOf('pwrite64KMBps')} / ${figureOf('pwrite256KMBps')} MB/s at ${figureOf('pwrite16KCpuSecondsPerGb')} / ${figureOf('pwrite64KCpuSecondsPerGb')} / ${figureOf('pwrite256KCpuSecondsPerGb')} CPU s/GB, loopback ${figureOf('loopbackMBps')} MB/s, fdatasync p50 ${figureOf('fdatasyncP50Ms')} ms, p99 ${figureOf('fdatasyncP99Ms')} ms
event loop delay, p99.9 in the worst row: ${worst.toFixed(1)} ms while it had the processor (asked: under ${LOOP_DELAY_MAX_MS} ms), ${blocked.toFixed(1)} ms with what blocked it
${elapsed()}`)
const missed = lines.filter(line => line.os?.isMet === false || line.commit?.isMet === false)
console.log(
  `${lines.length} rows, ${missed.length} missed${missed.length > 0 ? `: ${missed.map(line => line.title).join('; ')}` : ''}`,
)
const behind = missed.filter(line => (line.os ?? line.commit)!.ratio < 1)
// A smoke proves that everything runs, not how fast.
if (!isQuick) {
  if (missed.length > MISSED_ROWS_MAX) failures.push(`more than ${MISSED_ROWS_MAX} rows missed`)
  for (const { title } of behind) failures.push(`behind Kafka: ${title}`)
  if (worst >= LOOP_DELAY_MAX_MS) failures.push('the event loop was late')
}
if (failures.length > 0) {
  console.error(`failed: ${failures.join(', ')}`)
  process.exitCode = 1
}
