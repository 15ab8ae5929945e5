import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadlines, OffsetQueue, ReadWaiters } from '../../src/replication/waiting-requests.ts'

test('tells waiters when their offset is reached, in order', () => {
  const told: [number, string | undefined][] = []
  const waiter = {
    progressed: (tag: number, error: string | undefined) => void told.push([tag, error]),
  }
  const queue = new OffsetQueue()
  queue.add(5, waiter, 0)
  queue.add(7, waiter, 1)
  queue.add(9, waiter, 2)
  queue.release(4)
  assert.deepEqual(told, [])
  queue.release(7)
  assert.deepEqual(told, [
    [0, undefined],
    [1, undefined],
  ])
  queue.fail('NOT_LEADER_OR_FOLLOWER')
  assert.deepEqual(told[2], [2, 'NOT_LEADER_OR_FOLLOWER'])
  assert.equal(queue.size, 0)
})

test('keeps readers that still wait and drops those that are done', () => {
  const waiters = new ReadWaiters()
  let awakened = 0
  const patient = {
    isDone: false,
    awaken() {
      awakened++
      if (awakened === 2) patient.isDone = true
    },
  }
  waiters.add(patient)
  for (let i = 0; i < 4; i++) waiters.awaken()
  assert.equal(awakened, 2)
})

test('deadlines let go of what is done long before they are looked at', () => {
  let looks = 0
  const timers = {
    after: () => ({ cancel() {} }),
    every: () => ({ cancel() {} }),
    soon() {},
    later() {},
  }
  const deadlines = new Deadlines(timers, () => 0)
  for (let i = 0; i < 100; i++)
    deadlines.add({
      get isDone() {
        looks++
        return true
      },
      deadline: 0,
      expire() {},
    })
  assert.equal(looks, 64)
})

test('deadlines expire what is not done, and no timer runs while there is nothing', () => {
  let now = 0
  const due: (() => void)[] = []
  const timers = {
    after: (_delayMs: number, task: () => void) => {
      due.push(task)
      return { cancel() {} }
    },
    every: () => ({ cancel() {} }),
    soon() {},
    later() {},
  }
  const deadlines = new Deadlines(timers, () => now)
  const expired: string[] = []
  deadlines.add({ isDone: false, deadline: 150, expire: () => void expired.push('late') })
  deadlines.add({ isDone: true, deadline: 0, expire: () => void expired.push('done') })
  for (now = 100; due.length > 0; now += 100) due.shift()?.()
  assert.deepEqual(expired, ['late'])
})
