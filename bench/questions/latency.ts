/** How long does a record take when the broker has time? */
import type { Question } from '../core/question.ts'
import { ask, java } from '../core/tools.ts'

const RECORDS_PER_SECOND = 10_000
const less = { unit: 'ms', better: 'less' } as const

export const latencyQuestions: readonly Question[] = [
  {
    name: 'rate',
    how: 'franz-go, 1 KiB records at 10,000 a second, linger 0, acks=all; from when a record was due',
    rows: [
      { key: 'p50', title: 'produce at 10,000/s, p50', ...less, atLeast: 1.25 },
      { key: 'p99', title: 'produce at 10,000/s, p99', ...less, atLeast: 2 },
    ],
    measure: (peer, bench) =>
      bench.withTopic(peer, 1, async topic => {
        const records = bench.volume(RECORDS_PER_SECOND * 1.2)
        const { result, cpuSeconds } = await bench.cost(peer, () =>
          ask('load', 'rate', { boot: peer.boot, topic, records, rate: RECORDS_PER_SECOND }),
        )
        return {
          p50: { value: result['p50Ms'] ?? NaN, cpuSeconds },
          p99: { value: result['p99Ms'] ?? NaN, cpuSeconds },
        }
      }),
  },
  {
    name: 'echo',
    how: 'franz-go, producer to consumer, one record of 100 B in flight, acks=all',
    rows: [
      { key: 'p50', title: 'end to end, one in flight, p50', ...less, atLeast: 1 / 0.7 },
      { key: 'p99', title: 'end to end, one in flight, p99', ...less, atLeast: 2 },
    ],
    measure: (peer, bench) =>
      bench.withTopic(peer, 1, async topic => {
        const records = bench.volume(2500)
        const { result, cpuSeconds } = await bench.cost(peer, () =>
          ask('load', 'echo', { boot: peer.boot, topic, records, size: 100 }),
        )
        return {
          p50: { value: result['p50Ms'] ?? NaN, cpuSeconds },
          p99: { value: result['p99Ms'] ?? NaN, cpuSeconds },
        }
      }),
  },
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
