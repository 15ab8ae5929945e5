/** Capacity: requests that were encoded before the run, so that only the broker is measured. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, batches15, type RawLoad } from '../core/bench.ts'
import type { Peer } from '../core/peers.ts'
import type { Measured, Question, Row } from '../core/question.ts'
import { ask } from '../core/tools.ts'

const sixteen: RawLoad = { ...batches15, connections: 16, partitions: 16 }
const tiny: RawLoad = { record: 100, count: 1, connections: 1, partitions: 1, inflight: 50 }
/** What a one-record request of 100 bytes carries of a batch. */
const TINY_BYTES = 170
/** How long the machine needs to take back memory that nobody uses. */
const COLD_AFTER_MS = 2500

const rate = { unit: 'MB/s', better: 'more' } as const

function rawQuestion(
  name: string,
  row: Omit<Row, 'key'>,
  load: RawLoad,
  bytesPerSecond: number,
  more: Partial<Question> & { before?: (bench: Bench, bytes: number) => Promise<void> } = {},
): Question {
  const { before, ...rest } = more
  return {
    name,
    how: `raw generator: ${load.count} records of ${load.record} B a request, ${load.connections} connections with ${load.inflight} in flight, acks=all`,
    rows: [{ key: 'rate', ...row }],
    async measure(peer: Peer, bench: Bench): Promise<Record<string, Measured>> {
      const bytes = bench.volume(bytesPerSecond)
      await before?.(bench, bytes)
      return bench.withTopic(peer, load.partitions, async topic => {
        const { result, cpuSeconds } = await bench.cost(peer, () =>
          bench.produce(peer, topic, load, bytes),
        )
        const value =
          row.unit === 'MB/s' ? result['megabytesPerSecond'] : result['requestsPerSecond']
        return { rate: { value: value ?? NaN, cpuSeconds } }
      })
    },
    ...rest,
  }
}

/** Gives the page cache back, and waits until the host has taken the memory: the first touch of a page is dear again. */
async function makeCold(bench: Bench): Promise<void> {
  if (bench.isQuick) return
  execFileSync('sync')
  try {
    const file = openSync('/proc/sys/vm/drop_caches', 'w')
    writeSync(file, '1')
    closeSync(file)
  } catch {
    // Without root the memory is as warm as the runs before have left it.
  }
  await sleep(COLD_AFTER_MS)
}

async function makeWarm(bench: Bench, bytes: number): Promise<void> {
  await ask('raw', 'touch', { folder: bench.folder, megabytes: Math.ceil(bytes / 2 ** 20) })
}

export const rawQuestions: readonly Question[] = [
  rawQuestion(
    'raw-15k',
    { title: 'raw, 15.5 KB batches, 1 × 5', ...rate, atLeast: 1.7 },
    batches15,
    160e6,
  ),
  rawQuestion(
    'raw-256k',
    { title: 'raw, 256 KB batches, 1 × 5', ...rate, atLeast: 1.7 },
    { ...batches15, count: 250 },
    320e6,
  ),
  rawQuestion(
    'raw-tiny',
    {
      title: 'raw, one record of 100 B, 1 × 50',
      unit: 'requests/s',
      better: 'more',
      atLeast: 8,
      commitAtLeast: 3,
    },
    tiny,
    16_000 * TINY_BYTES,
  ),
  rawQuestion(
    'raw-tiny-16',
    { title: 'raw, one record of 100 B, 16 × 5', unit: 'requests/s', better: 'more', atLeast: 2.2 },
    { ...tiny, connections: 16, partitions: 16, inflight: 5 },
    50_000 * TINY_BYTES,
  ),
  rawQuestion(
    'raw-16-cold',
    { title: 'raw, 15.5 KB, 16 × 16 partitions, cold', ...rate, atLeast: 1.05 },
    sixteen,
    450e6,
    { before: makeCold },
  ),
  rawQuestion(
    'raw-16-warm',
    { title: 'raw, 15.5 KB, 16 × 16 partitions, warm', ...rate, atLeast: 1.2 },
    sixteen,
    450e6,
    { before: makeWarm },
  ),
  rawQuestion(
    'raw-15k-sync',
    { title: 'synced: raw, 15.5 KB batches, 1 × 5', ...rate, commitAtLeast: 4 },
    batches15,
    20e6,
    { peers: ['kafkaSync', 'commit'] },
  ),
  rawQuestion(
    'raw-16-sync',
    { title: 'synced: raw, 15.5 KB, 16 × 16 partitions', ...rate, commitAtLeast: 4 },
    sixteen,
    55e6,
    { peers: ['kafkaSync', 'commit'] },
  ),
]
