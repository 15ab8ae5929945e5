/**
 * One fdatasync or fsync fails with EIO, the next would say that all is well. The broker must not believe that one: it
 * answers an error, names the directory and what to do, and ends; the next start serves all that was acknowledged.
 */
import { seededRandom } from '../../packages/base/src/index.ts'
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { Shim } from './shim.ts'
import { Traffic } from './traffic.ts'

const ENDS_WITHIN_MS = 10_000

export async function syncError(count: number, first = 0): Promise<FaultResult> {
  const findings = new Findings('fsync that fails once')
  let errorAnswers = 0
  for (let number = first; number < first + count; number++) {
    const random = seededRandom(`sync/${number}`)
    using shim = new Shim('/')
    await using broker = await BrokerProcess.create(
      { 'log.flush.policy': 'commit', 'offsets.topic.num.partitions': '1' },
      shim.environment,
    )
    const traffic = new Traffic({ seed: `sync/${number}`, hasLeaderOnly: true })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    await pause(150)
    shim.set({ failSyncAt: 1 + random.below(30) })
    const hasEnded = await until(() => !broker.isRunning, ENDS_WITHIN_MS)
    await traffic.halt()
    findings.fired += shim.get('failSyncFired')
    const when = `failed sync ${number}`
    findings.expect(hasEnded, `${when}: the broker went on`)
    const exitCode = await broker.end('SIGKILL')
    findings.expect(!hasEnded || exitCode === 1, `${when}: exit code ${exitCode}`)
    findings.expect(
      /✖ The broker stops: Log directory \/\S+ has failed: .*check the disk.*EIO/.test(
        broker.output,
      ),
      `${when}: the message is ${broker.output.slice(-300)}`,
    )
    for (const [refusal, times] of traffic.refusals)
      if (refusal.includes('KAFKA_STORAGE_ERROR')) errorAnswers += times
    await broker.start()
    findings.recovered++
    await traffic.judge(broker.port, findings, when)
    findings.acked += traffic.acked
    await broker.end('SIGTERM')
  }
  findings.expect(errorAnswers > 0, 'no client was told')
  findings.note = `${errorAnswers} answers KAFKA_STORAGE_ERROR, exit code 1`
  return findings.result()
}
