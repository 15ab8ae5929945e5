import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SyncScheduler, type Syncable } from '../src/sync-scheduler.ts'

const stillClock = { now: () => 0, monotonic: () => 0 }

test('ends the rounds of very many logs that have nothing to sync', () => {
  const scheduler = new SyncScheduler(1, stillClock)
  let endFirst = (): void => {}
  scheduler.request({ startSync: done => (endFirst = done) })
  let ended = 0
  for (let i = 0; i < 100_000; i++)
    scheduler.request({
      startSync: done => {
        ended++
        done()
      },
    })
  endFirst()
  assert.equal(ended, 100_000)
})

test('runs a few at once, and a log that asks again behind its own round', () => {
  const started: string[] = []
  const done = new Map<string, () => void>()
  const log = (name: string): Syncable => ({
    startSync: end => {
      started.push(name)
      done.set(name, end)
    },
  })
  const [a, b, c] = [log('a'), log('b'), log('c')]
  const scheduler = new SyncScheduler(2, stillClock)
  for (const one of [a, b, c, a]) scheduler.request(one)
  assert.deepEqual(started, ['a', 'b'])
  done.get('b')?.()
  assert.deepEqual(started, ['a', 'b', 'c'])
  assert.ok(scheduler.isBusy(a))
  done.get('a')?.()
  assert.deepEqual(started, ['a', 'b', 'c', 'a'])
  assert.ok(!scheduler.isBusy(b))
})

test('a log is alone when nobody else has had the last round, has one or wants one', () => {
  const scheduler = new SyncScheduler(4, stillClock)
  const seen: string[] = []
  const done: (() => void)[] = []
  const log = (name: string): Syncable => ({
    startSync: end => {
      seen.push(`${name} ${scheduler.isAlone}`)
      done.push(end)
    },
  })
  const endAll = (): void => {
    for (const end of done.splice(0)) end()
  }
  const [a, b] = [log('a'), log('b')]
  scheduler.request(a)
  endAll()
  scheduler.request(a)
  scheduler.request(b)
  endAll()
  scheduler.request(b)
  endAll()
  scheduler.request(a)
  assert.deepEqual(seen, ['a false', 'a true', 'b false', 'b true', 'a false'])
})
