import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryFiles } from '../../src/simulated/memory-files.ts'

const enoent = { code: 'ENOENT' }

test('reads back what was written, across chunks, with zeroes in gaps', () => {
  const file = memoryFiles().open('/log', 'create')
  const data = Buffer.from(Array.from({ length: 150_000 }, (_, i) => i % 251))
  file.write(data, 1000)
  const whole = Buffer.alloc(200_000, 0xff)
  assert.equal(file.read(whole, 0), 151_000)
  assert.deepEqual(whole.subarray(0, 1000), Buffer.alloc(1000))
  assert.ok(whole.subarray(1000, 151_000).equals(data))
  const part = Buffer.alloc(10)
  assert.equal(file.read(part, 65_530), 10)
  assert.ok(part.equals(data.subarray(64_530, 64_540)))
  assert.equal(file.read(part, 151_000), 0)
})

test('a file that is cut and grows again shows zeroes, not the old bytes', () => {
  for (const cut of [3, 600, 64 * 1024, 70_000]) {
    const file = memoryFiles().open('/log', 'create')
    file.write(Buffer.alloc(100_000, 7), 0)
    file.truncate(cut)
    assert.equal(file.size(), cut)
    file.truncate(100_000)
    const rest = Buffer.alloc(100_000 - cut, 0xff)
    assert.equal(file.read(rest, cut), rest.length)
    assert.ok(rest.every(byte => byte === 0))
  }
  const sparse = memoryFiles().open('/sparse', 'create')
  sparse.truncate(1000)
  sparse.truncate(900)
  assert.equal(sparse.size(), 900)
})

test('many small appends take time in proportion to their bytes', () => {
  const file = memoryFiles().open('/log', 'create')
  const record = Buffer.alloc(100, 1)
  for (let i = 0; i < 100_000; i++) file.write(record, i * 100)
  assert.equal(file.size(), 10_000_000)
})

test('opens what is there, makes what is missing only when asked to', () => {
  const files = memoryFiles()
  assert.throws(() => files.open('/data/a', 'create'), enoent)
  files.makeDirectory('/data/deep')
  assert.throws(() => files.open('/data/a', 'write'), enoent)
  files.open('/data/a', 'create').write(Buffer.from('x'), 0)
  assert.equal(files.open('/data/../data/./a', 'read').size(), 1)
  assert.throws(() => files.open('/data/a', 'read').write(Buffer.from('y'), 0), { code: 'EBADF' })
  assert.throws(() => files.open('/data/deep', 'read'), { code: 'EISDIR' })
  assert.deepEqual(files.list('/data'), [
    { name: 'a', isDirectory: false },
    { name: 'deep', isDirectory: true },
  ])
  assert.throws(() => files.list('/other'), enoent)
})

test('renames files and directories, and open files live on', () => {
  const files = memoryFiles()
  files.makeDirectory('/data/topic-0')
  const file = files.open('/data/topic-0/log', 'create')
  files.rename('/data/topic-0', '/data/topic-0.old')
  file.write(Buffer.from('abc'), 0)
  assert.equal(files.readAll('/data/topic-0.old/log').toString(), 'abc')
  assert.equal(files.exists('/data/topic-0'), false)
  files.replace('/data/new', Buffer.from('new'))
  files.rename('/data/new', '/data/topic-0.old/log')
  assert.equal(files.readAll('/data/topic-0.old/log').toString(), 'new')
  assert.throws(() => files.rename('/data/nothing', '/data/x'), enoent)
  files.remove('/data/topic-0.old')
  files.remove('/data/topic-0.old')
  assert.deepEqual(files.list('/data'), [])
})

test('replace leaves the new content and no temporary file', () => {
  const files = memoryFiles({ now: () => 77 })
  files.makeDirectory('/data')
  files.replace('/data/checkpoint', Buffer.from('a longer text'))
  files.replace('/data/checkpoint', Buffer.from('short'))
  assert.equal(files.readAll('/data/checkpoint').toString(), 'short')
  assert.equal(files.size('/data/checkpoint'), 5)
  assert.equal(files.modifiedAt('/data/checkpoint'), 77)
  assert.equal(files.list('/data').length, 1)
})

test('asynchronous calls end later, in order', () => {
  const tasks: (() => void)[] = []
  const files = memoryFiles({ later: task => tasks.push(task) })
  const file = files.open('/log', 'create')
  const seen: string[] = []
  const into = Buffer.alloc(4)
  file.writeAsync([Buffer.from('ab'), Buffer.from('cd')], 0, error => seen.push(`write ${error}`))
  file.datasyncAsync(error => seen.push(`sync ${error}`))
  file.readAsync(into, 0, (error, count) => seen.push(`read ${error} ${count} ${into.toString()}`))
  assert.deepEqual(seen, [])
  for (const task of tasks) task()
  assert.deepEqual(seen, ['write null', 'sync null', 'read null 4 abcd'])
})

test('a directory has one owner', async () => {
  const files = memoryFiles()
  files.makeDirectory('/data')
  const lock = await files.lock('/data')
  assert.equal(await files.lock('/data'), undefined)
  lock?.release()
  assert.notEqual(await files.lock('/data'), undefined)
})

test('space tells what the files leave free', () => {
  const files = memoryFiles({ totalBytes: 1000 })
  files.makeDirectory('/data')
  files.open('/data/a', 'create').write(Buffer.alloc(300), 0)
  assert.deepEqual(files.space('/data'), { freeBytes: 700, totalBytes: 1000 })
})
