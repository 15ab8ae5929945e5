import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  encodeCoordinatorKey,
  encodeCoordinatorValue,
  ShareGroupMetadataKey,
  ShareGroupMetadataValue,
} from '@moldau/protocol'
import { offsetRecord } from '../../../src/group/core/group-records.ts'
import type { ListedGroup } from '../../../src/group/core/group-responses.ts'
import { GROUP, GroupScript } from '../../support/group-script.ts'

describe('an offset', () => {
  const offset = {
    offset: 5,
    leaderEpoch: 0,
    metadata: 'm',
    commitTimestamp: 1_795_268_150_238,
    expireTimestamp: undefined,
    topicId: '8ZYys3sBT_yYfE3gdwwGXQ',
  }

  test('is written as Apache Kafka 4.3.1 writes it', () => {
    // Read from the log of a broker.
    const { value } = offsetRecord('simple', 't', 0, offset)
    assert.equal(
      value?.toString('hex'),
      '0004000000000000000500000000026d000001a1fe5203de010010f19632b37b014ffc987c4de0770c065d',
    )
  })

  test('with a time of expiry is written in the version that has one', () => {
    const { value } = offsetRecord('simple', 't', 0, {
      ...offset,
      commitTimestamp: 1_795_268_150_240,
      expireTimestamp: 1_795_268_210_240,
    })
    assert.equal(
      value?.toString('hex'),
      '0001000000000000000500016d000001a1fe5203e0000001a1fe52ee40',
    )
  })
})

describe('records of protocols that are not served', () => {
  const consumerGroup = {
    key: encodeCoordinatorKey(ConsumerGroupMetadataKey, { groupId: GROUP }),
    value: encodeCoordinatorValue(ConsumerGroupMetadataValue, { epoch: 3 }, 0),
    transactionOf: undefined,
  }

  function list(script: GroupScript): readonly ListedGroup[] {
    let listed: readonly ListedGroup[] = []
    script.turn(turn => {
      script.shard.listGroups(
        turn,
        { statesFilter: [], typesFilter: [] },
        {
          succeed(groups) {
            listed = groups
          },
          fail() {},
        },
      )
    })
    return listed
  }

  test('are listed by their group, whose offsets never expire', () => {
    const script = new GroupScript()
    script.commit('')
    script.restart()
    script.shard.replay(consumerGroup)
    const fresh = new GroupScript()
    fresh.shard.replay(consumerGroup)
    for (const record of script.records) fresh.shard.replay({ ...record, transactionOf: undefined })
    fresh.turn(turn => fresh.shard.loaded(turn))
    assert.deepEqual(list(fresh), [
      { groupId: GROUP, protocolType: 'consumer', groupState: 'Empty', groupType: 'consumer' },
    ])
    fresh.pass(2 ** 40)
    fresh.expireOffsets()
    assert.equal(fresh.offsetOf('orders'), 5)
  })

  test('are deleted when a classic member takes over a consumer group', () => {
    const script = new GroupScript()
    script.shard.replay(consumerGroup)
    script.turn(turn => script.shard.loaded(turn))
    script.join('a', { version: 3 })
    assert.deepEqual(
      script.records.map(({ key, value }) => [key.readInt16BE(0), value === null]),
      [
        [3, true],
        [2, false],
      ],
    )
  })

  test('keep classic members out of a share group', () => {
    const script = new GroupScript()
    script.shard.replay({
      key: encodeCoordinatorKey(ShareGroupMetadataKey, { groupId: GROUP }),
      value: encodeCoordinatorValue(ShareGroupMetadataValue, { epoch: 3, metadataHash: 0 }, 0),
      transactionOf: undefined,
    })
    script.join('a')
    assert.match(script.transcript(), /INCONSISTENT_GROUP_PROTOCOL/)
  })

  test('of unknown types are warned about once', () => {
    const script = new GroupScript()
    const warnings: unknown[] = []
    for (const type of [900, 900, 901]) {
      const key = Buffer.alloc(2)
      key.writeInt16BE(type)
      script.shard.replay({ key, value: null, transactionOf: undefined })
    }
    script.turn(turn => {
      script.shard.loaded(turn)
      warnings.push(...turn.notes.map(({ level, fields }) => [level, fields]))
    })
    assert.deepEqual(warnings, [['warn', { types: [900, 901] }]])
  })
})
