import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ZERO_UUID } from '@moldau/base'
import { ConsumerProtocolSubscription } from '@moldau/protocol'
import { offsetRecord } from '../../../src/group/core/group-records.ts'
import type { OffsetDeleteAnswer } from '../../../src/group/core/group-responses.ts'
import { GROUP, GroupScript } from '../../support/group-script.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** What a consumer says about itself: the topics it wants. */
function subscription(...topics: readonly string[]): Readonly<Record<string, string>> {
  const body = ConsumerProtocolSubscription.encode({ topics, userData: null }, 0)
  return { range: Buffer.concat([Buffer.from([0, 0]), body]).toString('latin1') }
}

/** A consumer of `orders`, stable in generation 1. */
function stableConsumer(): GroupScript {
  const script = new GroupScript({ initialRebalanceDelayMs: 0 })
  script.join('a', { version: 3, sessionTimeoutMs: 20 * DAY_MS, protocols: subscription('orders') })
  script.pass(0)
  script.sync('a', { a: '0' })
  script.transcript()
  return script
}

/** The last answer that was written down. */
function lastAnswer(script: GroupScript): string {
  return script.transcript().split('<- ').at(-1) ?? ''
}

function deleteOffset(script: GroupScript, topic: string): OffsetDeleteAnswer {
  let answer: OffsetDeleteAnswer | undefined
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0 }] }]
  script.turn(turn => {
    script.shard.deleteOffsets(
      turn,
      { groupId: GROUP, topics },
      {
        succeed(response) {
          answer = response
        },
        fail() {},
      },
    )
  })
  assert.ok(answer)
  return answer
}

describe('commits', () => {
  test('of tools make a simple group, and are told again after a restart', () => {
    const script = new GroupScript()
    assert.equal(script.offsetOf('orders'), -1)
    script.commit('')
    assert.equal(lastAnswer(script), 'NONE')
    script.restart()
    assert.equal(script.offsetOf('orders'), 5)
    assert.equal(script.state(), 'Empty []')
  })

  test('are refused without a member id while there are members', () => {
    const script = stableConsumer()
    script.commit('')
    assert.equal(lastAnswer(script), 'UNKNOWN_MEMBER_ID')
    script.commit('a')
    assert.equal(lastAnswer(script), 'NONE')
  })

  test('are refused between the rebalance and the assignment, and taken while members join', () => {
    const script = stableConsumer()
    script.join('b', { version: 3, protocols: subscription('orders') })
    script.commit('a')
    assert.equal(lastAnswer(script), 'NONE')
    script.join('a', { sessionTimeoutMs: 20 * DAY_MS, protocols: subscription('orders') })
    script.commit('a')
    assert.equal(lastAnswer(script), 'REBALANCE_IN_PROGRESS')
  })

  test('of a group that is not there name the group, or in old versions the generation', () => {
    const script = new GroupScript()
    script.commit('stranger')
    assert.equal(lastAnswer(script), 'GROUP_ID_NOT_FOUND')
  })

  test('with too much metadata are refused one by one', () => {
    const script = new GroupScript()
    script.commit('', 'orders', { metadata: 'x'.repeat(4097) })
    assert.equal(lastAnswer(script), 'OFFSET_METADATA_TOO_LARGE')
    assert.equal(script.records.length, 0)
    script.commit('', 'orders', { metadata: 'x'.repeat(4096) })
    assert.equal(lastAnswer(script), 'NONE')
  })
})

describe('old offsets', () => {
  test('of a simple group go a week after their commit, and the group with the last of them', () => {
    const script = new GroupScript()
    script.commit('')
    script.pass(7 * DAY_MS - 1)
    script.expireOffsets()
    assert.equal(script.offsetOf('orders'), 5)
    script.transcript()
    script.pass(1)
    script.expireOffsets()
    assert.equal(
      script.transcript(),
      `> 1 ms pass\n> old offsets are looked for\n  writes offset orders-0: deleted\n  writes group g: deleted`,
    )
    assert.equal(script.state(), 'Dead []')
  })

  test('of an empty group go a week after it became empty, whenever they were committed', () => {
    const script = stableConsumer()
    script.commit('a')
    script.pass(5 * DAY_MS)
    script.leave('a')
    script.pass(7 * DAY_MS - 1)
    script.expireOffsets()
    assert.equal(script.offsetOf('orders'), 5)
    script.pass(1)
    script.expireOffsets()
    assert.equal(script.offsetOf('orders'), -1)
  })

  test('of a stable group stay for topics it reads, and go for others a week after their commit', () => {
    const script = stableConsumer()
    script.commit('a', 'orders')
    script.commit('a', 'payments')
    script.pass(8 * DAY_MS)
    script.expireOffsets()
    assert.equal(script.offsetOf('orders'), 5)
    assert.equal(script.offsetOf('payments'), -1)
    assert.equal(script.state(), 'Stable [a#1]')
  })

  test('go earlier if their client, of old, has said so', () => {
    const script = new GroupScript()
    script.commit('', 'orders', { retentionMs: 1000 })
    script.restart()
    script.pass(1000)
    script.expireOffsets()
    assert.equal(script.offsetOf('orders'), -1)
  })

  test('of a group that somebody is about to join stay', () => {
    const script = new GroupScript()
    script.join('a')
    script.expireOffsets()
    assert.equal(script.state(), 'Empty []')
  })
})

describe('offsets are deleted', () => {
  test('when nobody is subscribed to their topic', () => {
    const script = stableConsumer()
    script.commit('a', 'orders')
    script.commit('a', 'payments')
    assert.equal(deleteOffset(script, 'orders').topics[0]?.partitions[0]?.errorCode, 86)
    assert.equal(deleteOffset(script, 'payments').topics[0]?.partitions[0]?.errorCode, 0)
    assert.deepEqual([script.offsetOf('orders'), script.offsetOf('payments')], [5, -1])
  })

  test('never of groups with members whose subscriptions cannot be known', () => {
    const script = new GroupScript()
    assert.equal(deleteOffset(script, 'orders').errorCode, 69)
    script.join('a', { version: 3, protocolType: 'connect' })
    assert.equal(deleteOffset(script, 'orders').errorCode, 68)
  })

  test('with their topic', () => {
    const script = new GroupScript()
    script.commit('', 'orders')
    script.commit('', 'payments')
    script.turn(turn => script.shard.topicsDeleted(turn, new Set(['orders'])))
    script.restart()
    assert.deepEqual([script.offsetOf('orders'), script.offsetOf('payments')], [-1, 5])
  })
})

describe('offsets of a transaction, as Apache Kafka has written them', () => {
  function withPending(): GroupScript {
    const script = new GroupScript()
    const offset = {
      offset: 9,
      leaderEpoch: -1,
      metadata: '',
      commitTimestamp: 0,
      expireTimestamp: undefined,
      topicId: ZERO_UUID,
    }
    script.shard.replay({ ...offsetRecord(GROUP, 'orders', 0, offset), transactionOf: 7 })
    return script
  }

  test('are not told before its end, and make readers that want stable offsets wait', () => {
    const script = withPending()
    assert.equal(script.offsetOf('orders'), -1)
    assert.equal(script.offsetOf('orders', true), 'UNSTABLE_OFFSET_COMMIT')
  })

  test('hold if it is committed', () => {
    const script = withPending()
    script.shard.replayMarker(7, true)
    assert.equal(script.offsetOf('orders', true), 9)
    assert.equal(script.state(), 'Empty []')
  })

  test('are forgotten if it is aborted', () => {
    const script = withPending()
    script.shard.replayMarker(7, false)
    assert.equal(script.offsetOf('orders', true), -1)
  })
})
