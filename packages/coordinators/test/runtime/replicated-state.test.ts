import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { batch, KafkaError, readBatches } from '@moldau/protocol'
import type { StateMachine, StoredShardRecord } from '../../src/runtime/core/state-machine.ts'
import type { Reply, TimerEvent, Turn } from '../../src/runtime/core/turn.ts'
import { ReplicatedState } from '../../src/runtime/replicated-state.ts'
import { ManualTime, manualWorld, settle } from '../support/manual-world.ts'
import { MemoryStorage } from '../support/memory-storage.ts'

/** A list of words: the smallest state that can be lost. */
class Words implements StateMachine {
  readonly words: string[] = []
  readonly fired: string[] = []
  readonly parked: Reply<string>[] = []

  add(turn: Turn, word: string, reply: Reply<string>): void {
    this.words.push(word)
    turn.write({ key: Buffer.from(word), value: Buffer.from(word) })
    turn.answer(reply, `${word} is number ${this.words.length}`)
  }

  read(turn: Turn, reply: Reply<string>): void {
    turn.answer(reply, this.words.join(' '))
  }

  replay({ key, transactionOf }: StoredShardRecord): void {
    if (transactionOf === undefined) this.words.push(key.toString())
  }

  replayMarker(): void {}

  loaded(): void {}

  timerFired({ kind }: TimerEvent): void {
    this.fired.push(kind)
  }
}

function shardOf(storage: MemoryStorage, time = new ManualTime()) {
  const shard = new ReplicatedState<Words>({
    partition: 0,
    world: manualWorld(time),
    logger: silentLogger,
    storage,
    compression: 'none',
    commitTimeoutMs: 5000,
    create: () => new Words(),
  })
  const add = (word: string) =>
    shard.request<string>((words, turn, reply) => words.add(turn, word, reply)).catch(codeOf)
  const read = () =>
    shard.request<string>((words, turn, reply) => words.read(turn, reply)).catch(codeOf)
  return { shard, time, add, read }
}

async function activeShard(storage = new MemoryStorage()) {
  const active = shardOf(storage)
  await active.shard.load()
  return { ...active, storage }
}

function codeOf(error: unknown): string {
  assert.ok(error instanceof KafkaError, String(error))
  return error.code
}

/** What a promise has come to so far. */
function watch(promise: Promise<string>): () => string {
  let result = 'waits'
  promise.then(
    value => (result = value),
    () => (result = 'rejected'),
  )
  return () => result
}

describe('an answer', () => {
  test('waits until its records are committed', async () => {
    const { storage, time, add } = await activeShard()
    storage.isHeld = true
    const answer = watch(add('one'))
    await time.pass(10)
    assert.equal(answer(), 'waits')
    storage.commitAll()
    await settle()
    assert.equal(answer(), 'one is number 1')
  })

  test('that read what is not committed yet waits as well', async () => {
    const { storage, time, add, read } = await activeShard()
    assert.equal(await read(), '')
    storage.isHeld = true
    const added = watch(add('one'))
    const seen = watch(read())
    await time.pass(10)
    assert.deepEqual([added(), seen()], ['waits', 'waits'])
    storage.commitAll()
    await settle()
    assert.equal(seen(), 'one')
  })

  test('is COORDINATOR_NOT_AVAILABLE when the commit takes too long; the state stays', async () => {
    const { storage, time, add, read } = await activeShard()
    storage.isHeld = true
    const answer = watch(add('one'))
    await time.pass(0)
    await time.pass(5000)
    assert.equal(answer(), 'COORDINATOR_NOT_AVAILABLE')
    assert.equal(await read(), 'COORDINATOR_NOT_AVAILABLE')
    storage.commitAll()
    await settle()
    assert.equal(await read(), 'one')
    assert.equal(storage.loadCount, 1)
  })
})

describe('records', () => {
  test('of one turn of the event loop share a batch', async () => {
    const { storage, time, add } = await activeShard()
    const answers = ['one', 'two', 'three'].map(word => watch(add(word)))
    await time.pass(0)
    assert.deepEqual(
      answers.map(answer => answer()),
      ['one is number 1', 'two is number 2', 'three is number 3'],
    )
    assert.deepEqual(
      storage.partitions.get(0)?.map(stored => batch.recordCount(stored, 0)),
      [3],
    )
  })

  test('that would make the batch too large begin another', async () => {
    const { storage, time, add } = await activeShard()
    for (const letter of ['a', 'b', 'c']) void add(letter.repeat(300_000))
    await time.pass(0)
    const stored = storage.partitions.get(0) ?? []
    assert.deepEqual(
      stored.map(buffer => [...readBatches(buffer)].length),
      [1, 1, 1],
    )
  })
})

describe('a failed append', () => {
  test('throws the state away and loads it again', async () => {
    const { storage, time, add, read } = await activeShard()
    const kept = add('kept')
    await time.pass(0)
    assert.equal(await kept, 'kept is number 1')
    storage.appendError = 'NOT_ENOUGH_REPLICAS'
    const lost = add('lost')
    const reader = read()
    await time.pass(0)
    assert.equal(await lost, 'COORDINATOR_NOT_AVAILABLE')
    assert.equal(await reader, 'COORDINATOR_NOT_AVAILABLE')
    storage.appendError = undefined
    await settle()
    assert.equal(storage.loadCount, 2)
    assert.equal(await read(), 'kept')
  })

  test('fails whoever waits in the state, and stops its timers', async () => {
    const { shard, storage, time, add } = await activeShard()
    const parked = watch(
      shard
        .request<string>((words, turn, reply) => {
          words.parked.push(reply)
          turn.startTimer({ kind: 'old' }, 100)
        })
        .catch(codeOf),
    )
    storage.appendError = 'KAFKA_STORAGE_ERROR'
    void add('lost')
    await time.pass(0)
    assert.equal(parked(), 'NOT_COORDINATOR')
    assert.equal(shard.waitingCount, 0)
    await time.pass(1000)
    assert.deepEqual(await firedOf(shard), '')
  })

  test('is waited for before the load: what was behind it may reach the log yet', async () => {
    const { shard, storage, time, add } = await activeShard()
    storage.isHeld = true
    void add('one')
    await time.pass(0)
    storage.appendError = 'NOT_LEADER_OR_FOLLOWER'
    const lost = add('two')
    await time.pass(0)
    assert.equal(await lost, 'NOT_COORDINATOR')
    assert.equal(storage.loadCount, 1)
    storage.appendError = undefined
    storage.commitAll()
    await settle()
    assert.equal(storage.loadCount, 2)
    assert.equal(shard.waitingCount, 0)
  })
})

describe('a shard', () => {
  test('refuses requests while it is loaded', async () => {
    const { shard, read } = shardOf(new MemoryStorage())
    const loaded = shard.load()
    assert.equal(await read(), 'COORDINATOR_LOAD_IN_PROGRESS')
    await loaded
    assert.equal(await read(), '')
  })

  test('tries again to load, with pauses, until it works', async () => {
    const storage = new MemoryStorage()
    storage.loadError = 'KAFKA_STORAGE_ERROR'
    const { shard, time, read } = shardOf(storage)
    const loaded = shard.load()
    await time.pass(2000)
    assert.equal(storage.loadCount, 3)
    assert.equal(await read(), 'COORDINATOR_LOAD_IN_PROGRESS')
    storage.loadError = undefined
    await time.pass(2000)
    await loaded
    assert.equal(await read(), '')
  })

  test('that is given up tells everybody NOT_COORDINATOR', async () => {
    const { shard, storage, time, add, read } = await activeShard()
    storage.isHeld = true
    const waiting = add('one')
    await time.pass(0)
    const gone = shard.resign()
    assert.equal(await waiting, 'NOT_COORDINATOR')
    assert.equal(await read(), 'NOT_COORDINATOR')
    storage.commitAll()
    await gone
  })

  test('that is given up while it is loaded ends the wait for it', async () => {
    const storage = new MemoryStorage()
    storage.loadError = 'KAFKA_STORAGE_ERROR'
    const { shard, time } = shardOf(storage)
    const loaded = shard.load()
    await time.pass(100)
    await shard.resign()
    await loaded
    await time.pass(100_000)
    assert.equal(storage.loadCount, 1)
  })

  test('is loaded again when a decision breaks off halfway', async () => {
    const { shard, read, add, time } = await activeShard()
    const kept = add('kept')
    await time.pass(0)
    await kept
    const broken = shard.request<string>(words => {
      words.words.push('half')
      throw new TypeError('a mistake of ours')
    })
    await assert.rejects(broken, /a mistake of ours/)
    await settle()
    assert.equal(await read(), 'kept')
  })
})

function firedOf(shard: ReplicatedState<Words>): Promise<string> {
  return shard.request<string>((words, turn, reply) => turn.answer(reply, words.fired.join(' ')))
}
