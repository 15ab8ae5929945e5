/**
 * Writes that store less than they were given. Of a third of them only the first half arrives: the rest must follow.
 * And a limit on the size of files (ulimit -f), in front of which a write is short and behind which it fails.
 */
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { Shim } from './shim.ts'
import { Traffic } from './traffic.ts'

const FILE_BYTES_MAX = 2_500_000
const WITHIN_MS = 20_000

export async function shortWrites(count: number): Promise<FaultResult> {
  const findings = new Findings('short writes')
  for (let number = 0; number < count; number++) {
    using shim = new Shim('/')
    await using broker = await BrokerProcess.create(
      { 'offsets.topic.num.partitions': '1' },
      shim.environment,
    )
    shim.set({ shortEvery: 3 })
    const traffic = new Traffic({ seed: `short/${number}`, hasLeaderOnly: true })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    await pause(1000)
    await broker.end('SIGKILL')
    await traffic.halt()
    findings.fired += shim.get('shortFired')
    await broker.start()
    findings.recovered++
    await traffic.judge(broker.port, findings, 'after short writes')
    findings.acked += traffic.acked
    for (const [refusal, times] of traffic.refusals)
      findings.failures.push(`short writes: ${refusal} (${times} times)`)
    await broker.end('SIGTERM')
  }
  return findings.result()
}

export async function fileSizeLimit(count: number): Promise<FaultResult> {
  const findings = new Findings('limit on file sizes')
  for (let number = 0; number < count; number++) {
    await using broker = await BrokerProcess.create({ 'offsets.topic.num.partitions': '1' })
    broker.prefix = ['prlimit', `--fsize=${FILE_BYTES_MAX}`]
    const traffic = new Traffic({ seed: `limit/${number}`, hasLeaderOnly: true })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    const hasEnded = await until(() => !broker.isRunning, WITHIN_MS)
    await traffic.halt()
    if (hasEnded) findings.fired++
    findings.expect(
      /✖ The broker stops: Log directory \/\S+ has failed: a file may not grow/.test(broker.output),
      `the message is ${broker.output.slice(-300)}`,
    )
    await broker.end('SIGKILL')
    broker.prefix = []
    await broker.start()
    findings.recovered++
    await traffic.judge(broker.port, findings, 'after the limit was lifted')
    findings.acked += traffic.acked
    await broker.end('SIGTERM')
  }
  return findings.result()
}
