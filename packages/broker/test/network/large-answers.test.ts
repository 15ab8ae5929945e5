import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LargeAnswers } from '../../src/network/large-answers.ts'
import { ManualWorld } from '../manual-world.ts'

const METADATA = 3
const DESCRIBE_CONFIGS = 32

/** Four answers of Metadata are being written. */
function setUp() {
  const world = new ManualWorld()
  const answers = new LargeAnswers(world.timers)
  const ends = Array.from({ length: 4 }, () => answers.begin(METADATA))
  return { world, answers, ends }
}

test('requests of an API wait in order while four of its answers are being written', () => {
  const { world, answers, ends } = setUp()
  assert.equal(answers.areTooMany(METADATA), true)
  assert.equal(answers.areTooMany(DESCRIBE_CONFIGS), false)
  const handled: string[] = []
  for (const name of ['first', 'second', 'third'])
    answers.whenFewer(METADATA, () => {
      handled.push(name)
      answers.begin(METADATA)
    })
  world.run()
  assert.deepEqual(handled, [])
  ends.shift()?.()
  world.run()
  assert.deepEqual(handled, ['first'])
  ends.shift()?.()
  world.run()
  assert.deepEqual(handled, ['first', 'second'])
})

test('a request does not pass others of its API that wait', () => {
  const { answers, ends } = setUp()
  answers.whenFewer(METADATA, () => {})
  ends[0]?.()
  assert.equal(answers.areTooMany(METADATA), true)
})

test('a request whose answer turns out to be small lets the next one in', () => {
  const { world, answers, ends } = setUp()
  let handled = 0
  for (let i = 0; i < 10; i++) answers.whenFewer(METADATA, () => handled++)
  ends[0]?.()
  world.run()
  assert.equal(handled, 10)
  assert.equal(answers.areTooMany(METADATA), false)
})
