import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock, Timers } from '@moldau/base'
import { FolderWork } from '../src/folder-work.ts'

function setUp() {
  const turns: (() => void)[] = []
  const done: string[] = []
  const timers: Pick<Timers, 'later'> = { later: task => void turns.push(task) }
  const clock: Clock = { now: () => 0, monotonic: () => 0 }
  const work = new FolderWork({ timers: timers as Timers, clock })
  const add = (folder: string, what = 'made') =>
    work.add(folder, () => void done.push(`${folder} ${what}`))
  const turn = () => {
    for (const task of turns.splice(0)) task()
  }
  return { work, add, done, turn }
}

test('a few folders are made at once, many in turns and in order', () => {
  const { add, done, turn } = setUp()
  for (let i = 0; i < 100; i++) add(`t-${i}`)
  assert.equal(done.length, 32)
  turn()
  assert.equal(done.length, 64)
  turn()
  turn()
  assert.deepEqual(
    done,
    Array.from({ length: 100 }, (_, i) => `t-${i} made`),
  )
  turn()
  add('later')
  assert.equal(done.at(-1), 'later made')
})

test('who needs a folder has it, and what comes for the same folder comes after', () => {
  const { work, add, done } = setUp()
  for (let i = 0; i < 32; i++) add(`t-${i}`)
  add('needed')
  add('twice')
  assert.equal(done.length, 32)
  work.need('needed')
  assert.equal(done.at(-1), 'needed made')
  add('twice', 'renamed')
  assert.equal(done.length, 33)
  work.need('twice')
  assert.deepEqual(done.slice(-2), ['twice made', 'twice renamed'])
  assert.equal(done.length, 35)
})

test('a stop waits until all is done, and leaves the others their turns', async () => {
  const { work, add, done, turn } = setUp()
  for (let i = 0; i < 100; i++) add(`t-${i}`)
  let isFinished = false
  const finished = work.finish().then(() => (isFinished = true))
  for (const count of [64, 96]) {
    turn()
    await Promise.resolve()
    assert.equal(done.length, count)
    assert.equal(isFinished, false)
  }
  turn()
  await finished
  assert.equal(done.length, 100)
  assert.equal(work.dueCount, 0)
})

test('what was added last for a folder can be taken back until it is done', () => {
  const { work, add, done, turn } = setUp()
  for (let i = 0; i < 32; i++) add(`t-${i}`)
  assert.equal(work.takeBack('t-0'), false)
  add('a', 'renamed')
  add('a', 'made anew')
  assert.equal(work.takeBack('a'), true)
  add('b')
  assert.equal(work.takeBack('b'), true)
  assert.equal(work.takeBack('b'), false)
  turn()
  assert.deepEqual(done.slice(32), ['a renamed'])
})
