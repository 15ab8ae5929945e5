import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FetchBudget, NO_ROOM } from '../../src/fetching/fetch-budget.ts'
import { ManualWorld } from '../manual-world.ts'

const MIB = 1024 * 1024

const reader = { unsentBytes: 0, hasOlderRequests: false }
const laggard = { unsentBytes: 1, hasOlderRequests: false }

/** A budget of 16 MiB. */
function setUp() {
  const world = new ManualWorld()
  const budget = new FetchBudget({ timers: world.timers, memoryBytes: 256 * MIB })
  const awakened: string[] = []
  const waiter = (name: string, awaken = () => {}) => ({
    isDone: false,
    awaken() {
      awakened.push(name)
      awaken()
    },
  })
  return { world, budget, awakened, waiter }
}

test('a fetch may read what others left of a sixteenth of the memory', () => {
  const { budget } = setUp()
  assert.equal(budget.roomFor(reader), 16 * MIB)
  budget.take(10 * MIB)
  assert.equal(budget.roomFor(reader), 6 * MIB)
  assert.equal(budget.roomFor(laggard), 6 * MIB)
  budget.giveBack(10 * MIB)
  assert.equal(budget.roomFor(reader), 16 * MIB)
})

test('when it is used up, only who has taken the last answers gets a little, and at twice of it a batch', () => {
  const { budget } = setUp()
  budget.take(16 * MIB)
  assert.equal(budget.roomFor(reader), MIB)
  assert.equal(budget.roomFor(laggard), NO_ROOM)
  assert.equal(budget.roomFor({ unsentBytes: 0, hasOlderRequests: true }), NO_ROOM)
  budget.take(16 * MIB)
  assert.equal(budget.roomFor(reader), 0)
})

test('awakens who waits in the order of asking, for as long as there is room', () => {
  const { world, budget, awakened, waiter } = setUp()
  budget.take(20 * MIB)
  budget.wait(waiter('first', () => budget.take(10 * MIB)))
  budget.wait(waiter('second', () => budget.take(10 * MIB)))
  budget.wait(waiter('third'))
  budget.giveBack(MIB)
  world.run()
  assert.deepEqual(awakened, [])
  budget.giveBack(18 * MIB)
  world.run()
  assert.deepEqual(awakened, ['first', 'second'])
})

test('does not awaken who has left or is done', () => {
  const { world, budget, awakened, waiter } = setUp()
  const gone = waiter('gone')
  budget.take(20 * MIB)
  budget.wait(gone)
  budget.wait({ ...waiter('done'), isDone: true })
  budget.leave(gone)
  budget.giveBack(20 * MIB)
  world.run()
  assert.deepEqual(awakened, [])
})
