/** Idempotent producers: InitProducerId, sequences and epochs in Produce, DescribeProducers. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, SOME_TIME, versionsOf } from '../requests.ts'

const PRODUCER = 777_777

interface Sent {
  readonly count?: number
  readonly epoch?: number
  readonly producerId?: number
  /** The time of the records: what is old is not remembered over a restart. */
  readonly timestamp?: number
}

function send(side: Side, version: number, name: string, baseSequence: number, sent: Sent = {}) {
  const { count = 1, epoch = 0, producerId = PRODUCER, timestamp = SOME_TIME } = sent
  const values = Array.from({ length: count }, (_, i) => ({
    timestamp: timestamp + i,
    key: null,
    value: Buffer.from(`v${i}`),
  }))
  return side.ask(Apis.Produce, version, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [
      {
        name,
        partitionData: [
          {
            index: 0,
            records: batchOf({ producerId, producerEpoch: epoch, baseSequence }, ...values),
          },
        ],
      },
    ],
  })
}

export const cases = [
  ...versionsOf(Apis.Produce)
    .filter(version => version >= 3 && version < 13)
    .map(version =>
      testCase(`sequences of a producer, Produce v${version}`, async side => {
        const name = side.name('t')
        await side.createTopic(name)
        const next = (sequence: number, sent?: Sent) => send(side, version, name, sequence, sent)
        await next(0)
        await next(1, { count: 3 })
        await next(1, { count: 3 })
        await next(0)
        await next(9)
        await next(1, { count: 2 })
        await next(2, { count: 4 })
        for (let sequence = 4; sequence < 12; sequence++) await next(sequence)
        await next(8)
        await next(4)
        await next(5, { epoch: 1 })
        await next(0, { epoch: 1 })
        await next(12)
        await next(11)
        await next(1, { epoch: 1 })
        await next(0, { epoch: -1 })
        await next(7, { producerId: 999_999 })
        await next(8, { producerId: 999_999 })
        await next(2_147_483_646, { count: 3, producerId: 999_998 })
        await next(1, { producerId: 999_998 })
        await next(7, { producerId: 999_998 })
        await next(1, { producerId: 999_998 })
        await next(-5, { producerId: 999_997 })
        await side.ask(Apis.DescribeProducers, 0, { topics: [{ name, partitionIndexes: [0] }] })
      }),
    ),

  testCase('a duplicate on a topic with the time of the append', async side => {
    const name = side.name('t')
    await side.createTopic(name, { configs: { 'message.timestamp.type': 'LogAppendTime' } })
    for (const version of [3, 8, 12]) {
      const producerId = PRODUCER + version
      for (const sequence of [0, 0, 1, 0]) await send(side, version, name, sequence, { producerId })
    }
  }),

  testCase('producers are described', async side => {
    const name = side.name('t')
    await side.createTopic(name, { partitions: 2 })
    const describe = (topic: string, ...partitionIndexes: readonly number[]) =>
      side.ask(Apis.DescribeProducers, 0, { topics: [{ name: topic, partitionIndexes }] })
    await describe(name, 0, 1)
    await send(side, 9, name, 3)
    await describe(name, 0)
    await send(side, 9, name, 4, { count: 2 })
    await describe(name, 0, 1)
    await send(side, 9, name, 0, { epoch: 4 })
    await describe(name, 0)
    await describe(name, 0, 4)
    await describe(name)
    await describe(name, -1)
    await describe(side.name('missing'), 0)
    await describe('a b', 0)
    await describe('', 0)
    await side.ask(Apis.DescribeProducers, 0, { topics: [] })
    await side.ask(Apis.DescribeProducers, 0, {
      topics: [
        { name: side.name('missing'), partitionIndexes: [0] },
        { name, partitionIndexes: [1, 0] },
      ],
    })
  }),

  testCase('ids for producers', async side => {
    await side.until(
      Apis.InitProducerId,
      4,
      { transactionalId: null, transactionTimeoutMs: 1000 },
      answer => answer.producerId >= 0,
    )
    for (const version of versionsOf(Apis.InitProducerId)) {
      for (const transactionTimeoutMs of [60_000, 0, -1, 2 ** 31 - 1])
        await side.ask(Apis.InitProducerId, version, {
          transactionalId: null,
          transactionTimeoutMs,
        })
      await side.ask(Apis.InitProducerId, version, {
        transactionalId: '',
        transactionTimeoutMs: 60_000,
      })
      if (version >= 3)
        for (const [producerId, producerEpoch] of [
          [5, 3],
          [5, -1],
          [-1, 5],
          [-5, 3],
        ] as const)
          await side.ask(Apis.InitProducerId, version, {
            transactionalId: null,
            transactionTimeoutMs: 60_000,
            producerId,
            producerEpoch,
          })
    }
  }),

  testCase('what a producer wrote long ago is forgotten at a restart', async side => {
    const name = side.name('t')
    await side.createTopic(name)
    for (let sequence = 0; sequence < 3; sequence++) await send(side, 9, name, sequence)
    await side.restart()
    await side.until(
      Apis.ListOffsets,
      5,
      {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      },
      answer => answer.topics[0]?.partitions[0]?.errorCode === 0,
    )
    await side.ask(Apis.DescribeProducers, 0, { topics: [{ name, partitionIndexes: [0] }] })
    for (const sequence of [2, 9, 10]) await send(side, 9, name, sequence)
  }),

  testCase('ids and sequences outlive a restart', async side => {
    const name = side.name('t')
    const timestamp = Date.now()
    await side.createTopic(name)
    for (let sequence = 0; sequence < 7; sequence++)
      await send(side, 9, name, sequence, { timestamp })
    await side.restart()
    await side.until(
      Apis.ListOffsets,
      5,
      {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      },
      answer => answer.topics[0]?.partitions[0]?.errorCode === 0,
    )
    await side.ask(Apis.DescribeProducers, 0, { topics: [{ name, partitionIndexes: [0] }] })
    for (const sequence of [6, 5, 3, 9, 7, 7]) await send(side, 9, name, sequence, { timestamp })
    await send(side, 9, name, 0, { epoch: 2, timestamp })
    await send(side, 9, name, 8, { timestamp })
    await side.until(
      Apis.InitProducerId,
      4,
      { transactionalId: null, transactionTimeoutMs: 1000 },
      answer => answer.producerId >= 0,
    )
    await side.ask(Apis.InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 })
  }),
]
