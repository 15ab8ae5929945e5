import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { releasePort, reservePort } from '../src/free-port.ts'

const source = path.join(import.meta.dirname, '../src/free-port.ts')

test('a port is reserved until the process that asked for it is gone, though nothing listens on it', async () => {
  const other = await processWithPort()
  assert.equal(await reservePort(other.port), false)
  await other.kill()
  assert.equal(await reservePort(other.port), true)
  assert.equal(await reservePort(other.port), false)
  releasePort(other.port)
  assert.equal(await reservePort(other.port), true)
})

test('a port is not reserved while somebody listens on it or on the next one', async () => {
  const { port, kill } = await processWithPort()
  await kill()
  for (const taken of [port, port + 1]) {
    const server = net.createServer().listen(taken, 'localhost')
    await once(server, 'listening')
    assert.equal(await reservePort(port), false)
    server.close()
    await once(server, 'close')
  }
  assert.equal(await reservePort(port), true)
})

/** A process that has asked for a port, and waits. */
async function processWithPort(): Promise<{ port: number; kill(): Promise<void> }> {
  const program = `
    import { freePort } from ${JSON.stringify(source)}
    console.log(await freePort())
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    port: Number(line),
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
