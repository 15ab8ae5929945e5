/** SEMANTICS 2c.35 to 2c.39: what a partition remembers of its producers. */
import { Apis } from '@moldau/protocol'
import { testCase, type Case } from '../case.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import { batchFrom, batchOf } from '../semantics/batches.ts'
import { createTopic, produce } from '../semantics/steps.ts'

const LARGEST_SEQUENCE = 2 ** 31 - 1

export const cases: readonly Case[] = [
  testCase('2c.35 a duplicate of the last five batches gets the first answer again', async side => {
    const topic = await createTopic(side, 'duplicates')
    for (let i = 0; i < 5; i++) await produce(side, topic, batchFrom(7001, 0, i))
    for (let i = 4; i >= 0; i--) await produce(side, topic, batchFrom(7001, 0, i))
    await produce(side, topic, batchFrom(7001, 0, 5))
    await produce(side, topic, batchFrom(7001, 0, 5), { version: 3 })
  }),

  testCase('2c.35 a duplicate of an older batch than five is out of order', async side => {
    const topic = await createTopic(side, 'old-duplicate')
    for (let i = 0; i < 6; i++) await produce(side, topic, batchFrom(7002, 0, i))
    await produce(side, topic, batchFrom(7002, 0, 0))
    await produce(side, topic, batchFrom(7002, 0, 1))
  }),

  testCase('2c.35 first and last sequence must both be those of the duplicate', async side => {
    const topic = await createTopic(side, 'half-duplicate')
    await produce(side, topic, batchFrom(7003, 0, 0, 3))
    await produce(side, topic, batchFrom(7003, 0, 0, 3))
    await produce(side, topic, batchFrom(7003, 0, 0, 2))
    await produce(side, topic, batchFrom(7003, 0, 1, 2))
    await produce(side, topic, batchFrom(7003, 0, 0, 4))
    await produce(side, topic, batchFrom(7003, 0, 3, 1))
  }),

  testCase('2c.36 a gap in the sequence is out of order', async side => {
    const topic = await createTopic(side, 'gap')
    await produce(side, topic, batchFrom(7004, 0, 0, 2))
    await produce(side, topic, batchFrom(7004, 0, 3))
    await produce(side, topic, batchFrom(7004, 0, 2))
    await produce(side, topic, batchFrom(7004, 0, 3))
    // Another producer has its own sequence.
    await produce(side, topic, batchFrom(7005, 0, 0))
  }),

  testCase('2c.36 a producer that is not known may begin anywhere', async side => {
    const topic = await createTopic(side, 'unknown')
    await produce(side, topic, batchFrom(7006, 0, 7))
    await produce(side, topic, batchFrom(7006, 0, 9))
    await produce(side, topic, batchFrom(7006, 0, 8))
    await produce(side, topic, batchFrom(7007, 5, 3))
  }),

  testCase('2c.36 a new epoch begins at 0', async side => {
    const topic = await createTopic(side, 'epochs')
    await produce(side, topic, batchFrom(7008, 0, 0, 3))
    await produce(side, topic, batchFrom(7008, 1, 3))
    await produce(side, topic, batchFrom(7008, 1, 0))
    await produce(side, topic, batchFrom(7008, 4, 0))
    await produce(side, topic, batchFrom(7008, 4, 1))
  }),

  testCase('2c.36 sequences go from 2147483647 to 0', async side => {
    const topic = await createTopic(side, 'wrap')
    await produce(side, topic, batchFrom(7009, 0, LARGEST_SEQUENCE - 1))
    await produce(side, topic, batchFrom(7009, 0, LARGEST_SEQUENCE))
    await produce(side, topic, batchFrom(7009, 0, 1))
    await produce(side, topic, batchFrom(7009, 0, 0))
    await produce(side, topic, batchFrom(7009, 0, LARGEST_SEQUENCE))
    const within = await createTopic(side, 'wrap-within')
    await produce(side, within, batchFrom(7010, 0, LARGEST_SEQUENCE - 1, 5))
    await produce(side, within, batchFrom(7010, 0, LARGEST_SEQUENCE - 1, 5))
    await produce(side, within, batchFrom(7010, 0, 4))
    await produce(side, within, batchFrom(7010, 0, 3))
  }),

  testCase('2c.36 a producer id without a sequence, or a sequence without one', async side => {
    const topic = await createTopic(side, 'halves')
    const options = [
      { producerId: 7011, producerEpoch: 0, baseSequence: -1 },
      { producerId: 7012, producerEpoch: -1, baseSequence: 0 },
      { producerId: -1, producerEpoch: 0, baseSequence: 0 },
      { producerId: -1, producerEpoch: -1, baseSequence: 5 },
      { producerId: 7013, producerEpoch: 0, baseSequence: -5 },
      { producerId: -7, producerEpoch: 0, baseSequence: 0 },
    ]
    for (const one of options) await produce(side, topic, batchOf(['a'], one))
  }),

  testCase('2c.37 an older epoch is not that of a fenced producer', async side => {
    const topic = await createTopic(side, 'older')
    await produce(side, topic, batchFrom(7014, 3, 0))
    for (const version of [3, 8, 9, 12])
      await produce(side, topic, batchFrom(7014, 2, 1), { version })
    await produce(side, topic, batchFrom(7014, 2, 0))
    await produce(side, topic, batchFrom(7014, 3, 1))
  }),

  testCase('2c.38 what is known of a producer outlives its records', async side => {
    const topic = await createTopic(side, 'outlives')
    await produce(side, topic, batchFrom(7015, 0, 0, 2))
    await side.ask(Apis.DeleteRecords, 2, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: -1 }] }],
      timeoutMs: 10_000,
    })
    await produce(side, topic, batchFrom(7015, 0, 0, 2))
    await produce(side, topic, batchFrom(7015, 0, 5))
    await produce(side, topic, batchFrom(7015, 0, 2))
    await side.ask(Apis.DescribeProducers, 0, {
      topics: [{ name: topic.name, partitionIndexes: [0, 1] }],
    })
  }),

  testCase('2c.39 a transactional batch needs a transactional id', async side => {
    const topic = await createTopic(side, 'transactional')
    for (const version of [3, 8, 12])
      await produce(
        side,
        topic,
        batchOf(['a'], {
          producerId: 7016,
          producerEpoch: 0,
          baseSequence: 0,
          isTransactional: true,
        }),
        { version },
      )
  }),
]

/** Items of 2c that one node without transactions cannot show. */
export const notShown: readonly NotShown[] = [
  {
    item: '2c.27 records are null',
    reason: 'Kafka 4.3.1 never answers: see compat/DIFFERENCES.md',
  },
  {
    item: '2c.34 NOT_ENOUGH_REPLICAS after the append, and the timeout of acks=all',
    reason: 'needs a follower that lags: several nodes',
  },
  {
    item: '2c.38 producer states on followers, and their expiry after a day',
    reason: 'several nodes, and a day; packages/log tests the expiry',
  },
  {
    item: '2c.39 writes inside and beside an open transaction, verification with the coordinator',
    reason: 'transactions come with a later issue',
  },
  { item: '2c.40 the leader that NOT_LEADER_OR_FOLLOWER tells', reason: 'several nodes' },
]
