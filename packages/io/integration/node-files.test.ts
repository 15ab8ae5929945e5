/** Files and locks of this machine, in a temporary folder. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { nodeWorld } from '../src/index.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'moldau-io-'))
after(() => fs.rmSync(folder, { recursive: true }))
const { files } = nodeWorld()

function ended(call: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) =>
    call(error => (error === null ? resolve() : reject(error))),
  )
}

test('writes and reads at positions, now and later', async () => {
  const file = files.open(path.join(folder, 'log'), 'create')
  file.write(Buffer.from('world'), 6)
  await ended(done =>
    file.writeAsync([Buffer.from('he'), Buffer.alloc(0), Buffer.from('llo ')], 0, done),
  )
  await ended(done => file.writeAsync([], 0, done))
  file.datasync()
  await ended(done => file.datasyncAsync(done))
  const into = Buffer.alloc(20)
  assert.equal(file.read(into, 0), 11)
  assert.equal(into.toString('latin1', 0, 11), 'hello world')
  const count = await new Promise<number>((resolve, reject) =>
    file.readAsync(into, 6, (error, bytes) => (error === null ? resolve(bytes) : reject(error))),
  )
  assert.equal(into.toString('latin1', 0, count), 'world')
  file.truncate(5)
  assert.equal(file.size(), 5)
  file.close()
  assert.equal(files.readAll(file.path).toString(), 'hello')
  assert.throws(() => files.open(path.join(folder, 'none'), 'write'), { code: 'ENOENT' })
})

test('writes more parts than one system call takes', async () => {
  const file = files.open(path.join(folder, 'many'), 'create')
  const parts = Array.from({ length: 3000 }, (_, i) => Buffer.from(`${i},`))
  await ended(done => file.writeAsync(parts, 0, done))
  file.close()
  assert.ok(files.readAll(file.path).equals(Buffer.concat(parts)))
})

test('replaces, lists, renames and removes', () => {
  const inner = path.join(folder, 'a', 'b')
  files.makeDirectory(inner)
  files.makeDirectory(inner)
  files.replace(path.join(inner, 'checkpoint'), Buffer.from('one'))
  files.replace(path.join(inner, 'checkpoint'), Buffer.from('2'))
  files.makeDirectory(path.join(inner, 'Z'))
  assert.deepEqual(files.list(inner), [
    { name: 'Z', isDirectory: true },
    { name: 'checkpoint', isDirectory: false },
  ])
  files.rename(inner, path.join(folder, 'a', 'c'))
  assert.equal(files.exists(inner), false)
  assert.equal(files.size(path.join(folder, 'a', 'c', 'checkpoint')), 1)
  files.syncDirectory(path.join(folder, 'a'))
  files.remove(path.join(folder, 'a'))
  files.remove(path.join(folder, 'a'))
  const space = files.space(folder)
  assert.ok(space.freeBytes > 0 && space.totalBytes >= space.freeBytes)
})

test('a folder has one owner in this process', async () => {
  const lock = await files.lock(folder)
  assert.equal(await files.lock(folder), undefined)
  lock?.release()
  const again = await files.lock(folder)
  assert.notEqual(again, undefined)
  again?.release()
})

test('a folder that another process has is refused until that process is killed', async () => {
  const io = new URL('../src/index.ts', import.meta.url).href
  const script = `const { nodeWorld } = await import(${JSON.stringify(io)})
    const lock = await nodeWorld().files.lock(${JSON.stringify(folder)})
    console.log(lock === undefined ? 'refused' : 'locked')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [answer] = (await once(child.stdout, 'data')) as [Buffer]
  assert.equal(answer.toString().trim(), 'locked')
  assert.equal(await files.lock(folder), undefined)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await files.lock(folder)
  assert.notEqual(lock, undefined)
  lock?.release()
})

const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find(file => fs.existsSync(file))

test(
  'a folder in use by Apache Kafka, which holds an fcntl lock, is refused',
  { skip: python === undefined || process.platform !== 'linux' },
  async () => {
    const script = `import fcntl, sys, time
f = open(sys.argv[1], 'a'); fcntl.lockf(f, fcntl.LOCK_EX); print('locked', flush=True); time.sleep(60)`
    const child = spawn(python ?? '', ['-c', script, path.join(folder, '.lock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    assert.equal(await files.lock(folder), undefined)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = await files.lock(folder)
    assert.notEqual(lock, undefined)
    lock?.release()
  },
)
