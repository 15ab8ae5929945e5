import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { describeTopicPartitions } from '../../src/apis/describe-topic-partitions.ts'
import { ask, makeImage, makeServices } from './support.ts'

const image = makeImage({ topics: { c: [[1]], a: [[1], [1], [1]], b: [[1], [1]] } })

const page = (input: Partial<Parameters<typeof Apis.DescribeTopicPartitions.request.encode>[0]>) =>
  ask(
    describeTopicPartitions,
    Apis.DescribeTopicPartitions,
    0,
    { topics: [], responsePartitionLimit: 2000, cursor: null, ...input },
    makeServices(image),
  )

async function partitions(input: Parameters<typeof page>[0]) {
  const { topics, nextCursor } = await page(input)
  const { topicName, partitionIndex } = nextCursor ?? {}
  return {
    found: topics.map(
      topic => `${topic.name}:${topic.partitions.map(p => p.partitionIndex).join(',')}`,
    ),
    next: nextCursor && `${topicName}-${partitionIndex}`,
  }
}

test('goes through all topics by name, page by page', async () => {
  const responsePartitionLimit = 2
  assert.deepEqual(await partitions({ responsePartitionLimit }), { found: ['a:0,1'], next: 'a-2' })
  assert.deepEqual(
    await partitions({ responsePartitionLimit, cursor: { topicName: 'a', partitionIndex: 2 } }),
    { found: ['a:2', 'b:0'], next: 'b-1' },
  )
  assert.deepEqual(
    await partitions({ responsePartitionLimit, cursor: { topicName: 'b', partitionIndex: 1 } }),
    { found: ['b:1', 'c:0'], next: null },
  )
})

test('points at the next topic when a page ends with one', async () => {
  assert.deepEqual(await partitions({ responsePartitionLimit: 3 }), {
    found: ['a:0,1,2'],
    next: 'b-0',
  })
})

test('names what is missing, in order', async () => {
  const topics = [{ name: 'c' }, { name: 'nope' }, { name: 'a b' }]
  const response = await page({ topics })
  assert.deepEqual(
    response.topics.map(({ name, errorCode, topicAuthorizedOperations }) => [
      name,
      errorCode,
      topicAuthorizedOperations,
    ]),
    [
      ['a b', ErrorCode.INVALID_TOPIC_EXCEPTION, 3576],
      ['c', 0, 3576],
      ['nope', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 3576],
    ],
  )
})

test('refuses a cursor that does not fit', async () => {
  for (const cursor of [
    { topicName: 'zz', partitionIndex: 0 },
    { topicName: 'c', partitionIndex: -1 },
  ]) {
    const { topics, nextCursor } = await page({ topics: [{ name: 'c' }], cursor })
    assert.deepEqual(
      topics.map(({ name, errorCode }) => [name, errorCode]),
      [['c', ErrorCode.INVALID_REQUEST]],
    )
    assert.equal(nextCursor, null)
  }
})
