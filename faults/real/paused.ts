/**
 * The process stands still (SIGSTOP) and goes on. A pause below the session timeout drops no member; after a longer one
 * a member that was dropped joins again. Producers go on, nothing is lost or doubled.
 */
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { GroupMember } from './group-member.ts'
import { Traffic } from './traffic.ts'

const SESSION_MS = 6000
const WITHIN_MS = 15_000

/** Pauses of these lengths, one after the other. */
export async function paused(lengthsMs: readonly number[]): Promise<FaultResult> {
  const findings = new Findings('paused process')
  await using broker = await BrokerProcess.create({ 'offsets.topic.num.partitions': '1' })
  const traffic = new Traffic({ seed: 'paused', hasLeaderOnly: true })
  await broker.start()
  await traffic.prepare(broker.port)
  traffic.start(broker.port)
  for (const lengthMs of lengthsMs) {
    const member = await GroupMember.join(broker.port, `sleepers-${lengthMs}`, SESSION_MS)
    await until(() => member.beats > 0, WITHIN_MS)
    broker.signal('SIGSTOP')
    await pause(300)
    const before = { acks: traffic.acknowledgedCount, beats: member.beats }
    await pause(lengthMs - 300)
    if (traffic.acknowledgedCount === before.acks) findings.fired++
    broker.signal('SIGCONT')
    const goesOn = await until(() => traffic.acknowledgedCount > before.acks + 20, WITHIN_MS)
    findings.expect(goesOn, `after ${lengthMs} ms of pause nothing is written`)
    if (goesOn) findings.recovered++
    const hears = await until(
      () => member.beats > before.beats || member.drops.length > 0,
      WITHIN_MS,
    )
    findings.expect(hears, `after ${lengthMs} ms of pause no heartbeat is answered`)
    if (lengthMs < SESSION_MS - 1000)
      findings.expect(
        member.drops.length === 0,
        `a member was dropped after ${lengthMs} ms: ${member.drops.join()}`,
      )
    await member.leave()
    const again = await GroupMember.join(broker.port, `sleepers-${lengthMs}`, SESSION_MS)
    await again.leave()
  }
  await traffic.halt()
  await traffic.judge(broker.port, findings, 'after the pauses')
  findings.acked += traffic.acked
  for (const [refusal, times] of traffic.refusals)
    // A client that waited longer than its own deadline.
    if (!refusal.includes('Nothing came'))
      findings.failures.push(`paused: ${refusal} (${times} times)`)
  await broker.end('SIGTERM')
  return findings.result()
}
