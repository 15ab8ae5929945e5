import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnceOrInTurns, inTurns } from '../src/turns.ts'

/** A world in which each look at the clock takes `msPerLook`; the next turn comes by `turn()`. */
function slowWorld(msPerLook: number) {
  let time = 0
  let due: (() => void)[] = []
  const monotonic = () => (time += msPerLook)
  const unused = () => ({ cancel() {} })
  const later = (task: () => void) => void due.push(task)
  return {
    clock: { now: monotonic, monotonic },
    timers: { after: unused, every: unused, soon: later, later },
    async turn() {
      const tasks = due
      due = []
      for (const task of tasks) task()
      await Promise.resolve()
    },
  }
}

function* threeSteps(seen: number[]): Generator<undefined, string> {
  for (const i of [1, 2, 3]) {
    seen.push(i)
    yield
  }
  return 'end'
}

test('what takes no longer than a turn has ended at once', () => {
  const seen: number[] = []
  assert.equal(atOnceOrInTurns(threeSteps(seen), slowWorld(0)), 'end')
  assert.deepEqual(seen, [1, 2, 3])
})

test('what takes longer goes on in the next turns', async () => {
  for (const run of [atOnceOrInTurns<string>, inTurns<string>]) {
    const world = slowWorld(10)
    const seen: number[] = []
    const end = run(threeSteps(seen), world)
    assert.deepEqual(seen, [1])
    await world.turn()
    assert.deepEqual(seen, [1, 2])
    await world.turn()
    await world.turn()
    assert.equal(await end, 'end')
  }
})

test('a step that throws rejects', async () => {
  const world = slowWorld(10)
  const end = inTurns(
    (function* () {
      yield
      throw new Error('no')
    })(),
    world,
  )
  const rejected = assert.rejects(end, { message: 'no' })
  await world.turn()
  await rejected
})
