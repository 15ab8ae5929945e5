/** How long does a record take when the broker has time? */
import type { Bench } from '../core/bench.ts'
import type { Peer } from '../core/peers.ts'
import type { Measured, Question } from '../core/question.ts'
import { ask, java } from '../core/tools.ts'

const RECORDS_PER_SECOND = 10_000
/** A 99th percentile of two seconds is that of two or three stalls: these measurements last longer than others. */
const TIMES_LONGER = 3
const less = { unit: 'ms', better: 'less' } as const

/** A command of `load` that tells quantiles. */
function quantilesQuestion(
  command: 'rate' | 'echo',
  how: string,
  title: string,
  p50AtLeast: number,
  recordsPerSecond: number,
  options: Readonly<Record<string, number>>,
): Question {
  const measure = (peer: Peer, bench: Bench): Promise<Record<string, Measured>> =>
    bench.withTopic(peer, 1, async topic => {
      const records = bench.volume(recordsPerSecond * TIMES_LONGER)
      const { result, cpuSeconds } = await bench.cost(peer, () =>
        ask('load', command, { boot: peer.boot, topic, records, ...options }),
      )
      return {
        p50: { value: result['p50Ms'] ?? NaN, cpuSeconds },
        p99: { value: result['p99Ms'] ?? NaN, cpuSeconds },
      }
    })
  return {
    name: command,
    how,
    rows: [
      { key: 'p50', title: `${title}, p50`, ...less, atLeast: p50AtLeast },
      { key: 'p99', title: `${title}, p99`, ...less, atLeast: 2 },
    ],
    // Once for nothing: until a broker has compiled this path, that makes its p99.
    prepare: async (peer, bench) => {
      await measure(peer, bench)
    },
    measure,
  }
}

export const latencyQuestions: readonly Question[] = [
  quantilesQuestion(
    'rate',
    'franz-go, 1 KiB records at 10,000 a second, linger 0, acks=all; from when a record was due',
    'produce at 10,000/s',
    1.25,
    RECORDS_PER_SECOND,
    { rate: RECORDS_PER_SECOND },
  ),
  quantilesQuestion(
    'echo',
    'franz-go, producer to consumer, one record of 100 B in flight, acks=all',
    'end to end, one in flight',
    1 / 0.7,
    2500,
    { size: 100 },
  ),
  {
    name: 'echo-java',
    how: 'Kafka’s EndToEndLatency, one record of 100 B in flight, acks=all (the mean: its quantiles are whole milliseconds)',
    rows: [{ key: 'mean', title: 'end to end, Java tool, mean', ...less, atLeast: 1 }],
    measure: (peer, bench) =>
      bench.withTopic(peer, 1, async topic => {
        const { result, cpuSeconds } = await bench.cost(peer, () =>
          java('EndToEndLatency', {}, peer.boot, topic, String(bench.volume(1500)), 'all', '100'),
        )
        const mean = /Avg latency:\s*([\d.]+)/.exec(result)
        if (mean === null) throw new Error(`EndToEndLatency: ${result}`)
        return { mean: { value: Number(mean[1]), cpuSeconds } }
      }),
  },
]
