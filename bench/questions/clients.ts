/** What whole clients reach: franz-go, the Java perf tool, librdkafka's own; plain and compressed. */
import type { Bench } from '../core/bench.ts'
import type { Peer } from '../core/peers.ts'
import type { Measured, Question, Row } from '../core/question.ts'
import { ask, java, output, tools } from '../core/tools.ts'

type Produce = (peer: Peer, topic: string, records: number) => Promise<number>

const rate = { unit: 'records/s', better: 'more' } as const

function clientQuestion(
  name: string,
  how: string,
  row: Pick<Row, 'title' | 'atLeast'>,
  recordsPerSecond: number,
  produce: Produce,
): Question {
  return {
    name,
    how,
    rows: [{ key: 'rate', ...rate, ...row }],
    measure(peer: Peer, bench: Bench): Promise<Record<string, Measured>> {
      return bench.withTopic(peer, 1, async topic => {
        const { result, cpuSeconds } = await bench.cost(peer, () =>
          produce(peer, topic, bench.volume(recordsPerSecond)),
        )
        return { rate: { value: result, cpuSeconds } }
      })
    },
  }
}

function franz(size: number, batch: number, codec = 'none'): Produce {
  return async (peer, topic, records) => {
    const figures = await ask('load', 'produce', {
      boot: peer.boot,
      topic,
      records,
      size,
      batch,
      codec,
    })
    return figures['recordsPerSecond'] ?? NaN
  }
}

function javaPerf(codec: string): Produce {
  return async (peer, topic, records) => {
    const properties = [
      `bootstrap.servers=${peer.boot}`,
      'acks=all',
      'batch.size=16384',
      `compression.type=${codec}`,
    ]
    const printed = await java(
      'ProducerPerformance',
      { topic, 'num-records': records, 'record-size': 1024, throughput: -1 },
      '--command-property',
      ...properties,
    )
    const lines = [...printed.matchAll(/(\d+) records sent, ([\d.]+) records\/sec/g)]
    const total = lines.at(-1)
    if (Number(total?.[1]) !== records) throw new Error(`ProducerPerformance: ${printed}`)
    return Number(total?.[2])
  }
}

const rdkafka: Produce = async (peer, topic, records) => {
  const options = `-P -u -t ${topic} -s 1024 -c ${records} -b ${peer.boot} -X acks=all -X batch.size=16384`
  const printed = await output(tools.rdkafka, options.split(' '))
  // elapsed, messages, bytes, round trip, delivered, delivered a second, MB a second, delivery errors, …
  const cells = printed
    .split('\n')
    .findLast(line => /^\|\s+\d/.test(line))
    ?.split('|')
    .map(Number)
  if (cells?.[5] !== records || cells[8] !== 0) throw new Error(`rdkafka_performance: ${printed}`)
  return cells[6] ?? NaN
}

export const clientQuestions: readonly Question[] = [
  clientQuestion(
    'franz-16k',
    'franz-go, 1 KiB records, batches of 16 KB, acks=all',
    { title: 'franz-go, 1 KiB, 16 KB batches', atLeast: 1.7 },
    160_000,
    franz(1024, 16_384),
  ),
  clientQuestion(
    'franz-256k',
    'franz-go, 1 KiB records, batches of 256 KB, acks=all',
    { title: 'franz-go, 1 KiB, 256 KB batches', atLeast: 1.7 },
    290_000,
    franz(1024, 262_144),
  ),
  clientQuestion(
    'franz-100b',
    'franz-go, 100 B records, batches of 16 KB, acks=all',
    { title: 'franz-go, 100 B, 16 KB batches', atLeast: 1.4 },
    1_000_000,
    franz(100, 16_384),
  ),
  clientQuestion(
    'franz-lz4',
    'franz-go, 1 KiB records of words, batches of 16 KB, lz4, acks=all',
    { title: 'franz-go, the same with lz4', atLeast: 1 },
    120_000,
    franz(1024, 16_384, 'lz4'),
  ),
  clientQuestion(
    'franz-zstd',
    'franz-go, 1 KiB records of words, batches of 16 KB, zstd, acks=all',
    { title: 'franz-go, the same with zstd', atLeast: 1 },
    60_000,
    franz(1024, 16_384, 'zstd'),
  ),
  clientQuestion(
    'java',
    'Kafka’s ProducerPerformance, 1 KiB records, batch.size=16384, acks=all',
    { title: 'Java perf tool, 1 KiB, 16 KB batches', atLeast: 1.3 },
    // Twice the volume: a young JVM writes, and what it takes to warm up counts in.
    2 * 90_000,
    javaPerf('none'),
  ),
  clientQuestion(
    'java-lz4',
    'Kafka’s ProducerPerformance, 1 KiB records, batch.size=16384, lz4, acks=all',
    { title: 'Java perf tool, the same with lz4', atLeast: 1 },
    80_000,
    javaPerf('lz4'),
  ),
  clientQuestion(
    'java-zstd',
    'Kafka’s ProducerPerformance, 1 KiB records, batch.size=16384, zstd, acks=all',
    { title: 'Java perf tool, the same with zstd', atLeast: 1 },
    60_000,
    javaPerf('zstd'),
  ),
  clientQuestion(
    'librdkafka',
    'librdkafka’s rdkafka_performance, 1 KiB records, batch.size=16384, acks=all',
    { title: 'librdkafka perf tool, 1 KiB, 16 KB', atLeast: 1 },
    300_000,
    rdkafka,
  ),
]
