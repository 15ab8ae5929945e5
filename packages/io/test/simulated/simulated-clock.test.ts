import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '../../src/simulated/simulated-clock.ts'

test('runs timers in the order of time, then of arming', async () => {
  const clock = new SimulatedClock(1000)
  const seen: string[] = []
  clock.after(20, () => seen.push(`c ${clock.now()}`))
  clock.after(10, () => seen.push(`a ${clock.now()}`))
  clock.after(10, () => seen.push(`b ${clock.now()}`))
  clock.after(15, () => seen.push('never')).cancel()
  await clock.advance(19)
  assert.deepEqual(seen, ['a 1010', 'b 1010'])
  assert.equal(clock.now(), 1019)
  await clock.advance(1)
  assert.deepEqual(seen, ['a 1010', 'b 1010', 'c 1020'])
})

test('a periodic timer runs until it is cancelled', async () => {
  const clock = new SimulatedClock()
  let count = 0
  const timer = clock.every(100, () => {
    count++
    if (count === 3) timer.cancel()
  })
  await clock.advance(1000)
  assert.equal(count, 3)
})

test('delays of years are honoured', async () => {
  const clock = new SimulatedClock()
  let hasFired = false
  clock.after(2 ** 31 * 10, () => (hasFired = true))
  await clock.advance(2 ** 31 * 10 - 1)
  assert.equal(hasFired, false)
  await clock.advance(1)
  assert.equal(hasFired, true)
})

test('the end of a tick comes before the next event, promises included', async () => {
  const clock = new SimulatedClock()
  const seen: string[] = []
  clock.after(1, () => {
    clock.later(() => seen.push('later'))
    clock.soon(() => {
      seen.push('soon')
      clock.soon(() => seen.push('soon again'))
    })
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => {
        seen.push('promise')
        clock.soon(() => seen.push('soon of the promise'))
      })
  })
  await clock.advance(1)
  assert.deepEqual(seen, ['soon', 'soon again', 'promise', 'soon of the promise', 'later'])
})

test('the wall clock jumps without a word to timers', async () => {
  const clock = new SimulatedClock(5000)
  let firedAt = 0
  clock.after(100, () => (firedAt = clock.monotonic()))
  clock.jump(-3000)
  assert.equal(clock.now(), 2000)
  await clock.advance(100)
  assert.equal(firedAt, 100)
})

test('run lets time go by until the promise settles', async () => {
  const clock = new SimulatedClock()
  const value = new Promise<string>(resolve => clock.after(500, () => resolve('done')))
  assert.equal(await clock.run(value), 'done')
  assert.equal(clock.monotonic(), 500)
  await assert.rejects(clock.run(new Promise(() => {}), 100), /within 100 simulated ms/)
  await assert.rejects(clock.run(Promise.reject(new Error('bad'))), /bad/)
})
