/**
 * The device fails to write back: fdatasync fails once, and then that all is well, while the page cache shows bytes
 * that the disk does not have. The node ends, starts again on the same page cache, and clients send again what has no
 * answer. Then the power fails. What was acknowledged, before or after, must be there: so the second start must not
 * have believed the page cache.
 */
import path from 'node:path'
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { Traffic } from './traffic.ts'
import { Volume } from './volume.ts'

const MEGABYTES = 200
const ENDS_WITHIN_MS = 20_000
const STARTS_WITHIN_MS = 5000

export async function deviceError(count: number, first = 0): Promise<FaultResult> {
  const findings = new Findings('device fails to write back, then a power cut')
  let served = 0
  for (let number = first; number < first + count; number++) {
    using volume = Volume.ext4OnMemory(MEGABYTES)
    await using broker = await BrokerProcess.create({
      'log.dirs': path.join(volume.path, 'data'),
      'log.flush.policy': 'commit',
      'offsets.topic.num.partitions': '1',
    })
    const when = `device error ${number}`
    const traffic = new Traffic({ seed: `device/${number}`, hasLeaderOnly: false })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    await pause(200)
    volume.starve()
    const hasEnded = await until(() => !broker.isRunning, ENDS_WITHIN_MS)
    findings.expect(hasEnded, `${when}: the broker went on`)
    await broker.end('SIGKILL')
    await traffic.halt()
    if (/has failed: .*(EIO|ENOSPC).* fdatasync/.test(broker.output)) findings.fired++
    volume.feed(2 * MEGABYTES)
    const hasServed = await until(() => serves(broker, traffic, findings, when), STARTS_WITHIN_MS)
    if (hasServed) {
      served++
      traffic.start(broker.port)
      await pause(300)
      await volume.arm()
      const cut = volume.cut()
      traffic.freeze()
      await cut
      await broker.end('SIGKILL')
      await traffic.halt()
    } else
      // Its journal was hit: the kernel has made it read-only until it is mounted again.
      findings.expect(/read-only/i.test(broker.output.slice(-1500)), `${when}: it does not start`)
    volume.unmount()
    volume.mount()
    await broker.start()
    findings.recovered++
    await traffic.judge(broker.port, findings, `${when}, after the cut`)
    await traffic.judgeGroups(broker.port, findings, when)
    findings.acked += traffic.acked
    await broker.end('SIGTERM')
  }
  findings.expect(served > 0, 'it never served between the error and the cut')
  findings.note = `${served} of ${count} times it served again on the same page cache`
  return findings.result()
}

/** Starts the broker. Errors of other files, which nobody has heard of yet, may end it once more. */
async function serves(
  broker: BrokerProcess,
  traffic: Traffic,
  findings: Findings,
  when: string,
): Promise<boolean> {
  try {
    await broker.start()
    // Time for its first syncs.
    await pause(300)
    await traffic.judge(broker.port, findings, when)
    return true
  } catch {
    await broker.end('SIGKILL')
    return false
  }
}
