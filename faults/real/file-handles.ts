/**
 * The file handles of the process run out (ulimit -n): connections beyond it are refused, those that are there are
 * served on, files included, and when handles come back so do new connections.
 */
import { BrokerProcess, createTopic, RawConnection } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { Traffic } from './traffic.ts'

const HANDLES_MAX = 128
const CONNECTIONS = 300
const WITHIN_MS = 10_000

export async function fileHandles(count: number): Promise<FaultResult> {
  const findings = new Findings('file handles exhausted')
  for (let number = 0; number < count; number++) {
    await using broker = await BrokerProcess.create({ 'offsets.topic.num.partitions': '1' })
    broker.prefix = ['prlimit', `--nofile=${HANDLES_MAX}`]
    const traffic = new Traffic({ seed: `handles/${number}`, hasLeaderOnly: true })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    const early = await RawConnection.open(broker.port)
    await pause(200)
    const crowd: RawConnection[] = []
    let refused = 0
    for (let i = 0; i < CONNECTIONS; i++) {
      const connection = await RawConnection.open(broker.port).catch(() => undefined)
      if (connection === undefined) refused++
      else crowd.push(connection)
    }
    await pause(300)
    refused += crowd.filter(({ isClosed }) => isClosed).length
    findings.fired += refused
    const before = traffic.acknowledgedCount
    findings.expect(
      await until(() => traffic.acknowledgedCount > before + 20, WITHIN_MS),
      'clients that were there are not served',
    )
    await createTopic(early, 'late', 20).catch((error: unknown) =>
      findings.failures.push(`no topic can be made: ${String(error)}`),
    )
    for (const connection of crowd) connection.destroy()
    const isBack = await until(async () => {
      const connection = await RawConnection.open(broker.port).catch(() => undefined)
      await pause(50)
      const isOpen = connection?.isClosed === false
      connection?.destroy()
      return isOpen
    }, WITHIN_MS)
    findings.expect(isBack, 'no new connection although handles are free')
    if (isBack) findings.recovered++
    early.destroy()
    await traffic.halt()
    await traffic.judge(broker.port, findings, 'after the handles came back')
    findings.acked += traffic.acked
    for (const [refusal, times] of traffic.refusals)
      findings.failures.push(`handles: ${refusal} (${times} times)`)
    const exitCode = await broker.end('SIGTERM')
    findings.expect(exitCode === 0, `exit code ${exitCode}`)
  }
  return findings.result()
}
