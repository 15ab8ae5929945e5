/**
 * The wall clock jumps by an hour and a day, forwards and back, under load: nothing is refused, no group member is
 * dropped, retention takes nothing that is younger than it, and a start with another clock finds everything.
 */
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { GroupMember } from './group-member.ts'
import { Shim } from './shim.ts'
import { Traffic } from './traffic.ts'

const HOUR = 3600
const DAY = 24 * HOUR
/** Offsets from the true time, in this order. */
const offsets = [HOUR, 0, DAY, DAY + HOUR, 0, -HOUR, -DAY, HOUR]
const WITHIN_MS = 10_000

export async function clockJumps(count: number): Promise<FaultResult> {
  const findings = new Findings('clock jumps of an hour and a day')
  for (let number = 0; number < count; number++) {
    using shim = new Shim('/')
    await using broker = await BrokerProcess.create(
      {
        'offsets.topic.num.partitions': '1',
        'log.message.timestamp.type': 'LogAppendTime',
        'log.segment.bytes': '1048576',
        'log.retention.hours': '72',
        'log.retention.check.interval.ms': '200',
      },
      shim.environment,
    )
    const traffic = new Traffic({ seed: `clock/${number}`, hasLeaderOnly: true })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    const member = await GroupMember.join(broker.port, 'clock-watchers', 6000)
    for (const clockOffsetSeconds of offsets) {
      const before = { acks: traffic.acknowledgedCount, reads: shim.get('clockReads') }
      shim.set({ clockOffsetSeconds })
      findings.expect(
        await until(() => traffic.acknowledgedCount > before.acks + 20, WITHIN_MS),
        `a jump to ${clockOffsetSeconds} s stops the traffic`,
      )
      await pause(350)
      // At an offset of 0 the true time is not counted.
      if (clockOffsetSeconds === 0 || shim.get('clockReads') > before.reads) findings.fired++
    }
    await member.leave()
    findings.expect(
      member.drops.length === 0 && member.beats > 0,
      `a member was dropped: ${member.drops.join()}`,
    )
    for (const clockOffsetSeconds of [DAY, -HOUR, 0]) {
      await broker.end('SIGKILL')
      await traffic.halt()
      shim.set({ clockOffsetSeconds })
      await broker.start()
      findings.recovered++
      await traffic.judge(broker.port, findings, `started at ${clockOffsetSeconds} s`)
      traffic.start(broker.port)
      await pause(250)
    }
    await traffic.halt()
    await traffic.judge(broker.port, findings, 'in the end')
    findings.acked += traffic.acked
    for (const [refusal, times] of traffic.refusals)
      findings.failures.push(`clock: ${refusal} (${times} times)`)
    await broker.end('SIGTERM')
  }
  return findings.result()
}
