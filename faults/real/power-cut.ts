/**
 * Power cuts under load, on ext4 over a loop device. What was acknowledged before the cut (the clients stop listening
 * in the same tick) must be there after the journal was replayed, under `flush=commit`. Under `flush=os`, Kafka's
 * promise, records may go; but the broker starts by itself, nothing is doubled, no partition has a gap, and offset
 * commits are there. The same cuts on Apache Kafka as it comes, for comparison.
 */
import { execFileSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import path from 'node:path'
import { KafkaProcess } from '../../compat/kafka-process.ts'
import { seededRandom } from '../../packages/base/src/index.ts'
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { missing } from './needs.ts'
import { Traffic } from './traffic.ts'
import { Volume } from './volume.ts'

const CUTS_PER_FOLDER = 5
const VOLUME_MEGABYTES = 400
const KAFKA_VOLUME_MEGABYTES = 400
const AFTER_MS = [100, 700] as const
const kafkaScript = path.join(import.meta.dirname, '../../compat/oracle/kafka.sh')

/** Cuts so often; `first` numbers the first cut. Where it is there, Kafka's dump tool reads what the last folder holds. */
export async function powerCut(count: number, first = 0): Promise<FaultResult> {
  const hasDump = missing(['Apache Kafka']).length === 0
  const findings = new Findings('power cut, flush=commit')
  for (let number = first; number < first + count; number += CUTS_PER_FOLDER) {
    const cuts = Math.min(CUTS_PER_FOLDER, first + count - number)
    const isLast = number + cuts >= first + count
    await cutFolder(`cut/${number}`, cuts, findings, hasDump && isLast)
  }
  return findings.result()
}

/** The same under `flush=os`. Lost is what broke a promise; what went as stated is in the note. */
export async function powerCutOs(count: number, first = 0): Promise<FaultResult> {
  const findings = new Findings('power cut, flush=os')
  let gone = 0
  for (let number = first; number < first + count; number++)
    gone += await cutOnce(`os/${number}`, findings)
  findings.note = `${gone} records gone, as flush=os allows`
  return findings.result()
}

/** The same on Apache Kafka as it comes: what it loses is a figure, not a failure. */
export async function powerCutKafka(count: number, first = 0): Promise<FaultResult> {
  const findings = new Findings('power cut, Apache Kafka 4.3.1 as it comes')
  let kafkaLost = 0
  let kafkaRefused = 0
  for (let number = first; number < first + count; number++) {
    using volume = Volume.ext4(KAFKA_VOLUME_MEGABYTES)
    await using kafka = await KafkaProcess.create({ parent: volume.path })
    await kafka.start()
    // As if it had been formatted long ago: what the format wrote is on the disk.
    volume.sync()
    const traffic = new Traffic({ seed: `kafka/${number}`, hasLeaderOnly: false, groups: [] })
    await traffic.prepare(kafka.port)
    await loadAndCut(volume, kafka, traffic, 2000)
    findings.fired++
    const acked = traffic.acked
    findings.acked += acked
    try {
      await kafka.start()
    } catch {
      kafkaRefused++
      kafkaLost += acked
      continue
    }
    let verdict = new Findings('')
    let problem = ''
    // Its replicas come some time after the node.
    const isRead = await until(async () => {
      verdict = new Findings('')
      return traffic.judge(kafka.port, verdict, '', false).then(
        () => true,
        (error: unknown) => {
          problem = String(error)
          return false
        },
      )
    }, 20_000)
    findings.expect(isRead, `cut ${number} of Apache Kafka cannot be judged: ${problem}`)
    kafkaLost += verdict.lost
    findings.recovered++
  }
  findings.note = `${kafkaLost} records lost, ${kafkaRefused} of ${count} times it did not start again`
  return { ...findings.result(), otherLost: kafkaLost }
}

async function cutFolder(
  seed: string,
  count: number,
  findings: Findings,
  hasDump: boolean,
): Promise<void> {
  const random = seededRandom(seed)
  using volume = Volume.ext4(VOLUME_MEGABYTES)
  const data = path.join(volume.path, 'data')
  await using broker = await BrokerProcess.create({
    'log.dirs': data,
    'log.flush.policy': 'commit',
    'offsets.topic.num.partitions': '3',
    ...(random.below(2) === 0 && {
      'log.index.size.max.bytes': '4096',
      'log.index.interval.bytes': '64',
    }),
  })
  const traffic = new Traffic({ seed, hasLeaderOnly: false })
  await broker.start()
  await traffic.prepare(broker.port)
  for (let i = 0; i < count; i++) {
    await loadAndCut(volume, broker, traffic, AFTER_MS[0] + random.below(AFTER_MS[1] - AFTER_MS[0]))
    findings.fired++
    traffic.giveUp(() => random.below(4) === 0)
    if (!(await starts(broker, findings, `cut ${seed}+${i}`))) return
    await traffic.judge(broker.port, findings, `cut ${seed}+${i}`)
  }
  await traffic.judgeGroups(broker.port, findings, `cuts of ${seed}`)
  findings.acked += traffic.acked
  for (const [refusal, times] of traffic.refusals)
    findings.failures.push(`cuts of ${seed}: ${refusal} (${times} times)`)
  await broker.end('SIGTERM')
  if (hasDump) findings.note = dump(data, findings)
}

/** Returns how many acknowledged records went. */
async function cutOnce(seed: string, findings: Findings): Promise<number> {
  const random = seededRandom(seed)
  using volume = Volume.ext4(VOLUME_MEGABYTES)
  await using broker = await BrokerProcess.create({
    'log.dirs': path.join(volume.path, 'data'),
    'log.flush.policy': 'os',
    'offsets.topic.num.partitions': '3',
  })
  const traffic = new Traffic({ seed, hasLeaderOnly: true })
  await broker.start()
  await traffic.prepare(broker.port)
  await loadAndCut(volume, broker, traffic, AFTER_MS[0] + random.below(AFTER_MS[1] - AFTER_MS[0]))
  findings.fired++
  findings.acked += traffic.acked
  if (!(await starts(broker, findings, `cut ${seed}`))) return 0
  const verdict = new Findings('')
  await traffic.judge(broker.port, verdict, `cut ${seed}`, false)
  await traffic.judgeGroups(broker.port, findings, `cut ${seed}`)
  findings.doubled += verdict.doubled
  findings.failures.push(...verdict.failures.filter(failure => !failure.includes(': lost: ')))
  await broker.end('SIGTERM')
  return verdict.lost
}

/** Load for so long, the horizon, the cut, the end of the process, and the file system as it is found afterwards. */
async function loadAndCut(
  volume: Volume,
  node: { readonly port: number; end(signal: 'SIGKILL'): Promise<unknown> },
  traffic: Traffic,
  milliseconds: number,
): Promise<void> {
  await volume.arm()
  traffic.start(node.port)
  await pause(milliseconds)
  const cut = volume.cut()
  traffic.freeze()
  await cut
  await node.end('SIGKILL')
  await traffic.halt()
  volume.unmount()
  volume.mount()
}

async function starts(broker: BrokerProcess, findings: Findings, when: string): Promise<boolean> {
  try {
    await broker.start()
    findings.recovered++
    return true
  } catch (error) {
    findings.failures.push(`${when}: ${String(error).slice(0, 600)}`)
    return false
  }
}

/** Kafka's own dump tool reads every segment of the topics. Without Java it is left out. */
function dump(data: string, findings: Findings): string {
  const segments = globSync(`${data}/{orders,payments}-*/*.log`).filter(
    file => statSync(file).size > 0,
  )
  const text = execFileSync(
    kafkaScript,
    [
      'run',
      'org.apache.kafka.tools.DumpLogSegments',
      '--deep-iteration',
      '--files',
      segments.join(','),
    ],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      env: { ...process.env, KAFKA_HEAP_OPTS: '-Xms128m -Xmx256m' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  findings.expect(
    !/isvalid: false|mismatch|Found/i.test(text),
    'kafka-dump-log finds the log damaged',
  )
  return `kafka-dump-log: ${segments.length} segments, ${text.match(/isvalid: true/g)?.length ?? 0} batches sound`
}
