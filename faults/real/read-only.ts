/**
 * The file system turns read-only under load, as ext4 does after an error. The broker ends with a message that names
 * the directory, a start on it is refused with one too, and once it can be written again all that was acknowledged is
 * served.
 */
import path from 'node:path'
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { Traffic } from './traffic.ts'
import { Volume } from './volume.ts'

const VOLUME_MEGABYTES = 300
const WITHIN_MS = 10_000

export async function readOnly(count: number): Promise<FaultResult> {
  const findings = new Findings('folder turns read-only')
  for (let number = 0; number < count; number++) {
    using volume = Volume.ext4(VOLUME_MEGABYTES)
    await using broker = await BrokerProcess.create({
      'log.dirs': path.join(volume.path, 'data'),
      'log.flush.policy': 'commit',
      'offsets.topic.num.partitions': '1',
    })
    const traffic = new Traffic({ seed: `read-only/${number}`, hasLeaderOnly: false })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    await pause(300)
    traffic.freeze()
    volume.remount('abort')
    const hasEnded = await until(() => !broker.isRunning, WITHIN_MS)
    await traffic.halt()
    if (hasEnded) findings.fired++
    findings.expect(
      /✖ The broker stops: Log directory \/\S+ has failed: .*(read-only|input\/output)/.test(
        broker.output,
      ),
      `the message is ${broker.output.slice(-300)}`,
    )
    await broker.end('SIGKILL')
    const before = broker.output.length
    // It may take connections before it has looked at its folder.
    await broker.start().catch(() => {})
    findings.expect(
      await until(() => !broker.isRunning, WITHIN_MS),
      'it starts on the read-only folder',
    )
    const told = broker.output.slice(before)
    findings.expect(
      /✖ .*(read-only|input\/output)/i.test(told),
      `a start on the read-only folder says ${told.slice(-300)}`,
    )
    await broker.end('SIGKILL')
    volume.unmount()
    volume.mount()
    await broker.start()
    findings.recovered++
    await traffic.judge(broker.port, findings, 'after it could be written again')
    findings.acked += traffic.acked
    await broker.end('SIGTERM')
  }
  return findings.result()
}
