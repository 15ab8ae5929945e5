/**
 * `kill -9` under load: after a random time, at the N-th write or sync (before it, in its middle, after it), or during
 * a start. A folder sees eight kills; flush mode and load are drawn for each kill, segment sizes for each folder.
 * Acknowledged means at least written, so that nothing may be lost in either flush mode, acks=1 included.
 */
import { seededRandom } from '../../packages/base/src/index.ts'
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, type FaultResult } from './fault-result.ts'
import { compiled, missing } from './needs.ts'
import { Shim } from './shim.ts'
import { Traffic } from './traffic.ts'

const KILLS_PER_FOLDER = 8
const AFTER_MS = [50, 600] as const
/** Calls of one life that a kill may choose. */
const CALLS_MAX = 150
/** Calls, and milliseconds, of a start. */
const START_CALLS = 16
const START_MS = 400
/** In which a process that was killed is seen to be gone. */
const GONE_MS = 20
/** Segments roll by size or, much sooner, by the size of their index. */
const segmentOptions: readonly Record<string, string>[] = [
  { 'log.segment.bytes': '1048576' },
  { 'log.index.size.max.bytes': '4096', 'log.index.interval.bytes': '64' },
  { 'log.index.size.max.bytes': '256', 'log.index.interval.bytes': '512' },
  {},
]

/** Folders at the same time: a broker that starts leaves a processor free. */
const LANES = 2

/** Kills the broker so often; `first` numbers the first kill, so that a long run goes on where it stopped. */
export async function kill(count: number, first = 0): Promise<FaultResult> {
  const findings = new Findings('kill -9')
  const kinds = new Map<string, number>()
  let number = first
  const lane = async (): Promise<void> => {
    while (number < first + count) {
      const kills = Math.min(KILLS_PER_FOLDER, first + count - number)
      number += kills
      await killFolder(number - kills, kills, findings, kinds)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  findings.note = [...kinds].map(([kind, times]) => `${times} ${kind}`).join(', ')
  return findings.result()
}

async function killFolder(
  number: number,
  count: number,
  findings: Findings,
  kinds: Map<string, number>,
): Promise<void> {
  const seed = `kill/${number}`
  const random = seededRandom(seed)
  const between = ([low, high]: readonly [number, number]) => low + random.below(high - low)
  // Without a C compiler all kills are timed.
  using shim = missing(['gcc']).length === 0 && compiled('shim') !== '' ? new Shim('/') : undefined
  await using broker = await BrokerProcess.create(
    {
      'offsets.topic.num.partitions': '3',
      ...segmentOptions[random.below(segmentOptions.length)],
    },
    shim?.environment,
  )
  const traffic = new Traffic({ seed, hasLeaderOnly: true })
  await broker.start()
  await traffic.prepare(broker.port)
  /** Kills since it last served. */
  let open = 0
  for (let i = 0; i < count; i++) {
    const draw = random.below(20)
    const when = `kill ${number + i}`
    let kind = 'under load'
    const atCall = (max: number, after = 0) =>
      shim?.set({ killAt: after + 1 + random.below(max), killWhen: random.below(3) })
    if (i > 0) {
      const isEarly = draw < 3
      const isTimed = shim === undefined || random.below(2) === 0
      // The first calls of a life are those of its start.
      if (isEarly && !isTimed) atCall(START_CALLS)
      const started = await start(
        broker,
        ['commit', 'os'][random.below(2)]!,
        isEarly && isTimed ? random.below(START_MS) : undefined,
      )
      shim?.set({ killAt: 0 })
      // The call may have come just after the first connection.
      if (isEarly) await pause(GONE_MS)
      if (!started || !broker.isRunning) {
        findings.expect(isEarly, `${when}: ${broker.output.slice(-600)}`)
        kinds.set('during a start', (kinds.get('during a start') ?? 0) + 1)
        findings.fired++
        open++
        shim?.set({ writes: 0, syncs: 0 })
        continue
      }
      findings.recovered += open
      open = 0
      await traffic.judge(broker.port, findings, when)
    }
    if (draw >= 12 && shim !== undefined) {
      kind = 'at a file call'
      atCall(CALLS_MAX, shim.get('writes') + shim.get('syncs'))
    }
    traffic.start(broker.port)
    await Promise.race([pause(between(AFTER_MS)), broker.ended()])
    if (broker.isRunning) kind = 'under load'
    await broker.end('SIGKILL')
    shim?.set({ killAt: 0, writes: 0, syncs: 0 })
    await traffic.halt()
    traffic.giveUp(() => random.below(4) === 0)
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    findings.fired++
    open++
  }
  await broker.start()
  findings.recovered += open
  await traffic.judge(broker.port, findings, `kill ${number + count - 1}`)
  await traffic.judgeGroups(broker.port, findings, `kill ${number + count - 1}`)
  findings.acked += traffic.acked
  for (const [refusal, times] of traffic.refusals)
    findings.failures.push(`kills from ${number}: ${refusal} (${times} times)`)
  await broker.end('SIGTERM')
}

/** Starts the broker, and kills it after so long when told to. False when it did not live to serve. */
async function start(
  broker: BrokerProcess,
  flushPolicy: string,
  killAfterMs: number | undefined,
): Promise<boolean> {
  const starting = broker.start({ 'log.flush.policy': flushPolicy }).then(
    () => true,
    () => false,
  )
  if (killAfterMs !== undefined) {
    await pause(killAfterMs)
    await broker.end('SIGKILL')
    await starting
    return false
  }
  return starting
}
