import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZERO_UUID } from '@moldau/base'
import {
  Apis,
  ErrorCode,
  type OffsetCommitRequest,
  type OffsetDeleteRequest,
  type OffsetFetchRequest,
} from '@moldau/protocol'
import { offsetCommit } from '../../src/apis/offset-commit.ts'
import { offsetDelete } from '../../src/apis/offset-delete.ts'
import { offsetFetch } from '../../src/apis/offset-fetch.ts'
import type { BrokerServices } from '../../src/services.ts'
import { ask, makeImage, makeServices, topicId } from './support.ts'

/** A coordinator that says yes, knows offset 5 of orders-0, and nothing of the group `nogroup`. */
const groups = {
  offsetCommit: (request: OffsetCommitRequest) =>
    Promise.resolve({
      topics: request.topics.map(topic => ({
        name: topic.name,
        partitions: topic.partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: 0,
        })),
      })),
    }),
  offsetDelete: (request: OffsetDeleteRequest) =>
    Promise.resolve(
      request.groupId === 'nogroup'
        ? { errorCode: ErrorCode.GROUP_ID_NOT_FOUND, topics: [] }
        : {
            errorCode: 0,
            topics: request.topics.map(({ name, partitions }) => ({
              name,
              partitions: partitions.map(({ partitionIndex }) => ({
                partitionIndex,
                errorCode: 0,
              })),
            })),
          },
    ),
  offsetFetch: (request: OffsetFetchRequest) =>
    Promise.resolve({
      groups: request.groups.map(group =>
        group.groupId === 'loading'
          ? { groupId: 'loading', topics: [], errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS }
          : {
              groupId: group.groupId,
              topics: (group.topics ?? [{ name: 'orders', partitionIndexes: [0] }]).map(
                ({ name, partitionIndexes }) => ({
                  name,
                  partitions: partitionIndexes.map(partitionIndex => ({
                    partitionIndex,
                    committedOffset: name === 'orders' && partitionIndex === 0 ? 5 : -1,
                    metadata: '',
                    errorCode: 0,
                  })),
                }),
              ),
            },
      ),
    }),
} as unknown as BrokerServices['groups']

const broker = makeServices(makeImage({ topics: { orders: [[1], [1]] } }), { groups })

const offset = (partitionIndex: number) => ({
  partitionIndex,
  committedOffset: 5,
  committedMetadata: '',
})

test('commits partitions that exist, and refuses the others', async () => {
  const topics = [
    { name: 'orders', partitions: [offset(0), offset(9)] },
    { name: 'nope', partitions: [offset(0)] },
  ]
  const response = await ask(
    offsetCommit,
    Apis.OffsetCommit,
    8,
    { groupId: 'g', memberId: '', topics },
    broker,
  )
  assert.deepEqual(
    response.topics.map(({ name, partitions }) => [
      name,
      partitions.map(p => [p.partitionIndex, p.errorCode]),
    ]),
    [
      [
        'orders',
        [
          [9, 3],
          [0, 0],
        ],
      ],
      ['nope', [[0, 3]]],
    ],
  )
})

test('commits by topic id from version 10 on', async () => {
  const topics = [
    { topicId: topicId(0), partitions: [offset(1)] },
    { topicId: topicId(7), partitions: [offset(0)] },
  ]
  const response = await ask(
    offsetCommit,
    Apis.OffsetCommit,
    10,
    { groupId: 'g', memberId: '', topics },
    broker,
  )
  assert.deepEqual(
    response.topics.map(topic => [topic.topicId, topic.partitions[0]?.errorCode]),
    [
      [topicId(7), ErrorCode.UNKNOWN_TOPIC_ID],
      [topicId(0), 0],
    ],
  )
})

test('deletes offsets of partitions that exist, and refuses the others', async () => {
  const partitions = [{ partitionIndex: 0 }, { partitionIndex: 8 }]
  const topics = [
    { name: 'orders', partitions },
    { name: 'nope', partitions: [{ partitionIndex: 0 }] },
  ]
  const known = await ask(offsetDelete, Apis.OffsetDelete, 0, { groupId: 'g', topics }, broker)
  assert.deepEqual(
    known.topics.map(({ name, partitions: answers }) => [
      name,
      answers.map(p => [p.partitionIndex, p.errorCode]),
    ]),
    [
      [
        'orders',
        [
          [8, 3],
          [0, 0],
        ],
      ],
      ['nope', [[0, 3]]],
    ],
  )
  const input = { groupId: 'nogroup', topics }
  const unknown = await ask(offsetDelete, Apis.OffsetDelete, 0, input, broker)
  assert.equal(unknown.errorCode, ErrorCode.GROUP_ID_NOT_FOUND)
  assert.deepEqual(unknown.topics, [])
})

test('fetches offsets of one group in the old form', async () => {
  const topics = [{ name: 'orders', partitionIndexes: [0, 9] }]
  for (let version = 1; version <= 7; version++) {
    const response = await ask(
      offsetFetch,
      Apis.OffsetFetch,
      version,
      { groupId: 'g', topics },
      broker,
    )
    assert.deepEqual(
      response.topics[0]?.partitions.map(p => [p.partitionIndex, p.committedOffset, p.errorCode]),
      [
        [0, 5, 0],
        [9, -1, 0],
      ],
    )
  }
})

test('puts the error of a group at its place in each version', async () => {
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  const input = { groupId: 'loading', topics }
  const v1 = await ask(offsetFetch, Apis.OffsetFetch, 1, input, broker)
  assert.equal(v1.topics[0]?.partitions[0]?.errorCode, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  const v5 = await ask(offsetFetch, Apis.OffsetFetch, 5, input, broker)
  assert.equal(v5.errorCode, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  const groupsOf = [{ groupId: 'loading', topics: null }]
  const v8 = await ask(offsetFetch, Apis.OffsetFetch, 8, { groups: groupsOf }, broker)
  assert.equal(v8.groups[0]?.errorCode, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
})

test('fetches all offsets of many groups, by id from version 10 on', async () => {
  const all = [
    { groupId: 'a', topics: null },
    { groupId: 'b', topics: null },
  ]
  const v8 = await ask(offsetFetch, Apis.OffsetFetch, 8, { groups: all }, broker)
  assert.deepEqual(
    v8.groups.map(group => [group.groupId, group.topics[0]?.name, group.topics[0]?.topicId]),
    [
      ['a', 'orders', ZERO_UUID],
      ['b', 'orders', ZERO_UUID],
    ],
  )
  const some = [
    {
      groupId: 'a',
      topics: [topicId(0), topicId(7)].map(id => ({ topicId: id, partitionIndexes: [0] })),
    },
  ]
  const v10 = await ask(offsetFetch, Apis.OffsetFetch, 10, { groups: some }, broker)
  assert.deepEqual(
    v10.groups[0]?.topics.map(topic => [
      topic.topicId,
      topic.partitions[0]?.committedOffset,
      topic.partitions[0]?.errorCode,
    ]),
    [
      [topicId(0), 5, 0],
      [topicId(7), -1, ErrorCode.UNKNOWN_TOPIC_ID],
    ],
  )
})
