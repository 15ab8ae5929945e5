/**
 * The disk fills up, in two ways. By the broker's own writes: at the reserve (`log.dir.reserve.bytes`) clients are
 * refused with an error that says so, groups still commit, reads go on, and appends do by themselves once there is room.
 * By somebody else, in one blow: the next write finds no room, and the broker ends with a message that names the
 * directory; with room again it starts and serves all that was acknowledged.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { BrokerProcess } from '../../packages/testing/src/index.ts'
import { Findings, pause, until, type FaultResult } from './fault-result.ts'
import { Traffic } from './traffic.ts'
import { Volume } from './volume.ts'

const SMALL_MEGABYTES = 24
const LARGE_MEGABYTES = 80
const WITHIN_MS = 20_000

export async function diskFull(count: number): Promise<FaultResult> {
  const findings = new Findings('disk full')
  let refused = 0
  for (let number = 0; number < count; number++) {
    using volume = Volume.tmpfs(SMALL_MEGABYTES)
    await using broker = await BrokerProcess.create({
      'log.dirs': path.join(volume.path, 'data'),
      'log.segment.bytes': '1048576',
      'offsets.topic.num.partitions': '1',
    })
    const traffic = new Traffic({ seed: `full/${number}`, hasLeaderOnly: true })
    await broker.start()
    await traffic.prepare(broker.port)
    traffic.start(broker.port)
    refused += await fillUp(volume, broker, traffic, findings)
    await fillByStranger(volume, broker, traffic, findings)
    findings.acked += traffic.acked
    await broker.end('SIGTERM')
  }
  findings.note = `${refused} answers KAFKA_STORAGE_ERROR; at the reserve it goes on by itself`
  return findings.result()
}

async function fillUp(
  volume: Volume,
  broker: BrokerProcess,
  traffic: Traffic,
  findings: Findings,
): Promise<number> {
  const refusals = () =>
    [...traffic.refusals].reduce(
      (sum, [message, times]) =>
        sum + (/KAFKA_STORAGE_ERROR .*log\.dir\.reserve\.bytes/.test(message) ? times : 0),
      0,
    )
  const isRefused = await until(() => refusals() > 20, WITHIN_MS)
  findings.expect(isRefused && broker.isRunning, 'clients were not told that the disk is full')
  findings.expect(
    broker.output.includes('log directory is short of space'),
    'the log does not tell that the disk is full',
  )
  if (isRefused) findings.fired++
  const { commits } = traffic
  findings.expect(
    await until(() => traffic.commits > commits, WITHIN_MS),
    'groups cannot commit at the reserve',
  )
  await traffic.judge(broker.port, findings, 'at the reserve')
  const before = traffic.acknowledgedCount
  volume.remount(`size=${LARGE_MEGABYTES}m`)
  const goesOn = await until(() => traffic.acknowledgedCount > before + 20, WITHIN_MS)
  findings.expect(goesOn, 'appends did not go on by themselves with room again')
  if (goesOn) findings.recovered++
  return refusals()
}

async function fillByStranger(
  volume: Volume,
  broker: BrokerProcess,
  traffic: Traffic,
  findings: Findings,
): Promise<void> {
  const stranger = path.join(volume.path, 'stranger')
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${stranger}`, 'bs=1M'], { stdio: 'ignore' })
  } catch {
    // It ends when the disk is full.
  }
  const hasEnded = await until(() => !broker.isRunning, WITHIN_MS)
  await traffic.halt()
  if (hasEnded) {
    findings.fired++
    findings.expect(
      /✖ The broker stops: Log directory \/\S+ has failed: the disk is full; make room/.test(
        broker.output,
      ),
      `the message is ${broker.output.slice(-300)}`,
    )
  }
  await broker.end('SIGKILL')
  rmSync(stranger)
  await pause(10)
  await broker.start()
  findings.recovered++
  await traffic.judge(broker.port, findings, 'after the disk was full')
}
