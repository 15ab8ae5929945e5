/**
 * How fast does one franz-go producer write, beside Apache Kafka 4.3.1 on the same machine? Three brokers take turns:
 * Apache Kafka as it comes, Moldau with the same promise (`log.flush.policy=os`), and Moldau as it comes
 * (`commit`: acknowledged means on disk). ROUNDS=5 by default, after one warm-up of each.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { buildLoad, median, type Peer, startKafka, startMoldau } from './peers.ts'

interface Run {
  recordsPerSecond: number
  megabytesPerSecond: number
  acked: number
  failed: number
  p50Ms: number
  p99Ms: number
  cpuSecondsPerGb: number
}

const rounds = Number(process.env['ROUNDS'] ?? 5)
const seconds = Number(process.env['SECONDS_EACH'] ?? 4)
const workloads = [
  { title: '1 KiB records, batches of 16 KB, acks=all', size: 1024, batch: 16_384 },
  { title: '100 B records, batches of 16 KB, acks=all', size: 100, batch: 16_384 },
]

const load = buildLoad()
const peers = [
  await startKafka('Apache Kafka 4.3.1'),
  await startMoldau('Moldau, flush=os', { 'log.flush.policy': 'os' }),
  await startMoldau('Moldau, flush=commit'),
]
let topicCount = 0

async function run(peer: Peer, size: number, batch: number): Promise<Run> {
  const topic = `bench-${process.pid}-${topicCount++}`
  const cpuBefore = peer.cpuSeconds()
  const { stdout } = await promisify(execFile)(load, [
    `localhost:${peer.port}`,
    topic,
    String(size),
    String(batch),
    String(seconds),
  ])
  const result = JSON.parse(stdout) as Omit<Run, 'cpuSecondsPerGb'>
  if (result.failed > 0) throw new Error(`${peer.name}: ${result.failed} records failed`)
  return {
    ...result,
    cpuSecondsPerGb: (peer.cpuSeconds() - cpuBefore) / ((result.acked * size) / 1e9),
  }
}

try {
  for (const { title, size, batch } of workloads) {
    const runs = new Map<Peer, Run[]>(peers.map(peer => [peer, []]))
    for (const peer of peers) await run(peer, size, batch)
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? peers : [...peers].reverse()
      for (const peer of order) runs.get(peer)?.push(await run(peer, size, batch))
    }
    const of = (peer: Peer, key: keyof Run): number =>
      median((runs.get(peer) ?? []).map(result => result[key]))
    const base = peers[0]!
    console.log(`\n${title} (franz-go, median of ${rounds} runs of ${seconds} s, interleaved)`)
    console.log(
      'broker                   records/s      MB/s   p50 ms   p99 ms   cpu s/GB   RSS MB   ratio   cpu ratio',
    )
    for (const peer of peers) {
      const cells = [
        of(peer, 'recordsPerSecond').toFixed(0).padStart(10),
        of(peer, 'megabytesPerSecond').toFixed(1).padStart(10),
        of(peer, 'p50Ms').toFixed(1).padStart(9),
        of(peer, 'p99Ms').toFixed(1).padStart(9),
        of(peer, 'cpuSecondsPerGb').toFixed(2).padStart(11),
        peer.memoryMb().toFixed(0).padStart(9),
        (of(peer, 'recordsPerSecond') / of(base, 'recordsPerSecond')).toFixed(2).padStart(8),
        (of(base, 'cpuSecondsPerGb') / of(peer, 'cpuSecondsPerGb')).toFixed(2).padStart(12),
      ]
      console.log(`${peer.name.padEnd(22)}${cells.join('')}`)
    }
  }
} finally {
  for (const peer of peers) await peer.stop()
}
