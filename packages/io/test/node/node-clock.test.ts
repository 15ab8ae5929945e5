import assert from 'node:assert/strict'
import { mock, test, type TestContext } from 'node:test'
import { nodeTimers } from '../../src/node/node-clock.ts'

const LONGEST_DELAY_MS = 2 ** 31 - 1

/** Time of this test alone. (Hooks would hold for all test files of the process.) */
function mockTimers(context: TestContext): void {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  context.after(() => mock.timers.reset())
}

test('a timer beyond the limit of Node fires at its time', context => {
  mockTimers(context)
  let count = 0
  nodeTimers.after(2 * LONGEST_DELAY_MS + 1000, () => count++)
  mock.timers.tick(LONGEST_DELAY_MS)
  mock.timers.tick(LONGEST_DELAY_MS)
  mock.timers.tick(999)
  assert.equal(count, 0)
  mock.timers.tick(1)
  assert.equal(count, 1)
})

test('such a timer can be cancelled after its first piece', context => {
  mockTimers(context)
  const timer = nodeTimers.after(LONGEST_DELAY_MS + 1000, () => assert.fail('cancelled'))
  mock.timers.tick(LONGEST_DELAY_MS)
  timer.cancel()
  timer.cancel()
  mock.timers.tick(2000)
})

test('a period beyond the limit is honoured, again and again', context => {
  mockTimers(context)
  let count = 0
  const timer = nodeTimers.every(LONGEST_DELAY_MS + 1000, () => count++)
  const counts: number[] = []
  for (let i = 0; i < 2; i++) {
    mock.timers.tick(LONGEST_DELAY_MS)
    mock.timers.tick(999)
    counts.push(count)
    mock.timers.tick(1)
    counts.push(count)
  }
  assert.deepEqual(counts, [0, 1, 1, 2])
  timer.cancel()
  mock.timers.tick(LONGEST_DELAY_MS)
  mock.timers.tick(1000)
  assert.equal(count, 2)
})

test('a short period ticks until it is cancelled', context => {
  mockTimers(context)
  let count = 0
  const timer = nodeTimers.every(10, () => count++)
  mock.timers.tick(35)
  timer.cancel()
  mock.timers.tick(35)
  assert.equal(count, 3)
})
