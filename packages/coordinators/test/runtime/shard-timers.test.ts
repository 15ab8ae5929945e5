import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ShardTimers } from '../../src/runtime/shard-timers.ts'
import { ManualTime } from '../support/manual-world.ts'

function started() {
  const time = new ManualTime()
  const fired: string[] = []
  const timers = new ShardTimers(time, time, ({ kind }) => fired.push(`${kind}@${time.elapsed}`))
  return { time, fired, timers }
}

test('fires an event once, when it is due', async () => {
  const { time, fired, timers } = started()
  timers.apply({ event: { kind: 'a' }, delayMs: 100 })
  await time.pass(99)
  assert.deepEqual(fired, [])
  await time.pass(1000)
  assert.deepEqual(fired, ['a@100'])
})

test('moves a timer to later without a new one of the outside world', async () => {
  const { time, fired, timers } = started()
  const event = { kind: 'session' }
  for (let i = 0; i < 5; i++) {
    timers.apply({ event, delayMs: 100 })
    assert.equal(time.timerCount, 1)
    await time.pass(50)
  }
  await time.pass(1000)
  assert.deepEqual(fired, ['session@300'])
})

test('moves a timer to earlier', async () => {
  const { time, fired, timers } = started()
  const event = { kind: 'session' }
  timers.apply({ event, delayMs: 100 })
  timers.apply({ event, delayMs: 10 })
  await time.pass(1000)
  assert.deepEqual(fired, ['session@10'])
})

test('keeps still after a timer, or all of them, was stopped', async () => {
  const { time, fired, timers } = started()
  const event = { kind: 'a' }
  timers.apply({ event, delayMs: 100 })
  timers.apply({ event, delayMs: undefined })
  timers.apply({ event: { kind: 'b' }, delayMs: 100 })
  timers.stopAll()
  await time.pass(1000)
  assert.deepEqual(fired, [])
  assert.equal(time.timerCount, 0)
})
