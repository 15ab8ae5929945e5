/**
 * Makes `captures/`: runs clients of compat/ against a broker through a proxy, and keeps what they send, a few frames
 * of each API and version. `node fuzz/capture.ts [client…]`; needed again only when clients or their suites change.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { BrokerProcess } from '../packages/testing/src/broker-process.ts'
import { freePort } from '../packages/testing/src/free-port.ts'

const FRAMES_PER_VERSION = 3
const FRAME_BYTES_MAX = 6000
const CLIENT_DEADLINE_MS = 120_000
const here = import.meta.dirname
const chosen = process.argv.slice(2)
const clients = chosen.length > 0 ? chosen : ['kcat', 'franz-go', 'kafka-python', 'kafkajs', 'java']

/** The frames of one client, by API and version. */
class Capture {
  readonly #frames = new Map<string, Buffer[]>()

  /** Takes what one connection has sent; gives what is no whole frame yet. */
  take(bytes: Buffer): Buffer {
    let rest = bytes
    while (rest.length >= 8 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      const key = `${rest.readInt16BE(4)}/${rest.readInt16BE(6)}`
      const known = this.#frames.get(key) ?? []
      if (end <= FRAME_BYTES_MAX && known.length < FRAMES_PER_VERSION)
        this.#frames.set(key, [...known, Buffer.from(rest.subarray(0, end))])
      rest = rest.subarray(end)
    }
    return rest
  }

  get frames(): Buffer[] {
    return [...this.#frames.values()].flat()
  }
}

for (const client of clients) {
  const capture = new Capture()
  const proxyPort = await freePort()
  await using broker = await BrokerProcess.create({
    'advertised.listeners': `PLAINTEXT://localhost:${proxyPort}`,
  })
  await broker.start()
  const proxy = net.createServer(socket => {
    const onward = net.connect(broker.port, '127.0.0.1')
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', chunk => (rest = capture.take(Buffer.concat([rest, chunk]))))
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  proxy.listen(proxyPort, '127.0.0.1')
  await once(proxy, 'listening')
  const run = spawn(
    path.join(here, '../compat', client, 'run.sh'),
    [`localhost:${proxyPort}`, 'before'],
    { stdio: 'ignore', detached: true },
  )
  const timer = setTimeout(() => process.kill(-(run.pid ?? 0), 'SIGKILL'), CLIENT_DEADLINE_MS)
  await once(run, 'exit')
  clearTimeout(timer)
  proxy.close()
  const { frames } = capture
  mkdirSync(path.join(here, 'captures'), { recursive: true })
  writeFileSync(path.join(here, 'captures', `${client}.bin`), Buffer.concat(frames))
  console.log(`${client}: ${frames.length} frames`)
}
process.exit(0)
