/**
 * Reading: at the end of a log that is being written, from the page cache, from the disk, by three groups at once. The
 * records are written by the raw generator, which costs little.
 */
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, batches15 } from '../core/bench.ts'
import { dropFromCache } from '../core/page-cache.ts'
import type { Peer } from '../core/peers.ts'
import type { Measured, Question, Row } from '../core/question.ts'
import { ask, java } from '../core/tools.ts'

const rate = { key: 'rate', unit: 'MB/s', better: 'more' } as const
/** What Kafka writes and a client reads at the same time, in a second, of requests of 15.5 KB. */
const TAIL_REQUESTS_PER_SECOND = 5000
/** More than either broker keeps in memory of its own. */
const STORED_REQUESTS_PER_SECOND = 25_000
const CONSUMER_TIMEOUT_MS = 60_000
/** Until a client without a group has asked for records. */
const CONNECTED_AFTER_MS = 300

/** Reads what is written meanwhile; `start` returns once the clients wait. */
function tailQuestion(
  name: string,
  how: string,
  row: Omit<Row, 'key' | 'unit' | 'better'>,
  consumer: (
    peer: Peer,
    topic: string,
    records: number,
  ) => { waits: Promise<unknown>; rate: Promise<(begun: number) => number> },
): Question {
  return {
    name,
    how,
    rows: [{ ...rate, ...row }],
    measure: (peer, bench) =>
      bench.withTopic(peer, 1, async topic => {
        const requests = bench.volume(TAIL_REQUESTS_PER_SECOND)
        const { result, cpuSeconds } = await bench.cost(peer, async () => {
          const reading = consumer(peer, topic, requests * batches15.count)
          await Promise.race([reading.waits, reading.rate])
          const begun = Date.now()
          const [megabytesPerSecond] = await Promise.all([
            reading.rate,
            bench.produceRequests(peer, topic, requests),
          ])
          return megabytesPerSecond(begun)
        })
        return { rate: { value: result, cpuSeconds } }
      }),
  }
}

async function franz(peer: Peer, topic: string, records: number, groups = 0): Promise<number> {
  const figures = await ask('load', 'consume', { boot: peer.boot, topic, records, groups })
  return figures['megabytesPerSecond'] ?? NaN
}

/** What ConsumerPerformance prints: start, end, MB, …, MB a second without the time to join. */
async function javaConsumer(peer: Peer, topic: string, records: number): Promise<string[]> {
  const printed = await java(
    'ConsumerPerformance',
    {
      'bootstrap-server': peer.boot,
      topic,
      group: topic,
      'num-records': records,
      timeout: CONSUMER_TIMEOUT_MS,
    },
    '--hide-header',
  )
  const cells = printed
    .split('\n')
    .findLast(line => /^\d{4}-/.test(line))
    ?.split(', ')
  if (Number(cells?.[4]) < records) throw new Error(`ConsumerPerformance: ${printed}`)
  return cells ?? []
}

const stable = (peer: Peer, topic: string, members: number): Promise<unknown> =>
  ask('load', 'stable', { boot: peer.boot, topic, members })

/** `2026-11-21 15:20:28:786` */
function millisecondsOf(time: string): number {
  return new Date(time.replace(/:(\d{3})$/, '.$1').replace(' ', 'T')).getTime()
}

/** One topic for all rounds, larger than what a broker keeps of it. */
const stored = new Map<string, string>()

function storedQuestion(
  name: string,
  how: string,
  row: Omit<Row, 'key' | 'unit' | 'better'>,
  requestsPerSecond: number,
  read: (peer: Peer, topic: string, records: number) => Promise<number>,
  before?: (peer: Peer, topic: string) => void,
): Question {
  const key = (peer: Peer): string => `${name} ${peer.key}`
  return {
    name,
    how,
    rows: [{ ...rate, ...row }],
    async prepare(peer, bench) {
      const topic = await bench.createTopic(peer, 1)
      await bench.produceRequests(peer, topic, bench.volume(requestsPerSecond))
      stored.set(key(peer), topic)
    },
    async measure(peer: Peer, bench: Bench): Promise<Record<string, Measured>> {
      const topic = stored.get(key(peer)) ?? ''
      before?.(peer, topic)
      const records = bench.volume(requestsPerSecond) * batches15.count
      const { result, cpuSeconds } = await bench.cost(peer, () => read(peer, topic, records))
      return { rate: { value: result, cpuSeconds } }
    },
    async finish(peer, bench) {
      await bench.deleteTopic(peer, stored.get(key(peer)) ?? '')
    },
  }
}

async function javaStored(peer: Peer, topic: string, records: number): Promise<number> {
  const cells = await javaConsumer(peer, topic, records)
  // A group that has read to the end would begin there the next time.
  await ask('raw', 'forget', { boot: peer.boot, topic })
  return Number(cells[8]) * 1.048576
}

export const consumeQuestions: readonly Question[] = [
  tailQuestion(
    'tail-java',
    'Kafka’s ConsumerPerformance in a group, while the raw generator writes batches of 15.5 KB',
    { title: 'consume, tailing, Java', atLeast: 1.2 },
    (peer, topic, records) => ({
      waits: stable(peer, topic, 1),
      rate: javaConsumer(peer, topic, records).then(
        cells => (begun: number) =>
          (Number(cells[2]) * 1048.576) / (millisecondsOf(cells[1] ?? '') - begun),
      ),
    }),
  ),
  tailQuestion(
    'tail-franz',
    'franz-go without a group, while the raw generator writes batches of 15.5 KB',
    { title: 'consume, tailing, franz-go', atLeast: 1.3 },
    (peer, topic, records) => ({
      waits: sleep(CONNECTED_AFTER_MS),
      rate: franz(peer, topic, records).then(value => () => value),
    }),
  ),
  tailQuestion(
    'tail-three',
    'franz-go, three groups on one topic, while the raw generator writes batches of 15.5 KB',
    { title: 'three groups on one topic', atLeast: 1.3 },
    (peer, topic, records) => ({
      waits: stable(peer, topic, 3),
      rate: franz(peer, topic, records, 3).then(value => () => value),
    }),
  ),
  storedQuestion(
    'cached-java',
    'Kafka’s ConsumerPerformance over a topic in the page cache',
    { title: 'consume from page cache, Java', atLeast: 1 },
    // Twice the volume: a young JVM reads.
    2 * STORED_REQUESTS_PER_SECOND,
    javaStored,
  ),
  storedQuestion(
    'cached-franz',
    'franz-go over a topic in the page cache',
    { title: 'consume from page cache, franz-go', atLeast: 1 },
    STORED_REQUESTS_PER_SECOND,
    franz,
  ),
  storedQuestion(
    'cold-franz',
    'franz-go over a topic whose pages were dropped from memory before',
    { title: 'consume cold from disk, franz-go', atLeast: 0.9 },
    STORED_REQUESTS_PER_SECOND,
    franz,
    (peer, topic) => {
      execFileSync('sync')
      dropFromCache(peer.folder, topic)
    },
  ),
]
