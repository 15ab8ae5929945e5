import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { findCoordinator } from '../../src/apis/find-coordinator.ts'
import type { BrokerServices } from '../../src/services.ts'
import { ask, makeImage, makeServices } from './support.ts'

// Partition 0 is kept by broker 1, partition 1 by a broker that is not there.
const image = makeImage({ topics: { __consumer_offsets: [[1], [9]] } })

const groups = {
  partitionFor: (groupId: string) => (groupId === 'lost' ? 1 : 0),
} as unknown as BrokerServices['groups']

const many = async (version: number, keyType: number, ...coordinatorKeys: string[]) => {
  const broker = makeServices(image, { groups })
  const input = { keyType, coordinatorKeys }
  const response = await ask(findCoordinator, Apis.FindCoordinator, version, input, broker)
  return response.coordinators.map(({ key, errorCode, nodeId, port }) => [
    key,
    errorCode,
    nodeId,
    port,
  ])
}

test('finds the leader of the partition of a group', async () => {
  assert.deepEqual(await many(4, 0, 'g', 'lost'), [
    ['g', 0, 1, 9092],
    ['lost', ErrorCode.COORDINATOR_NOT_AVAILABLE, -1, -1],
  ])
})

test('answers one key before version 4, with a message', async () => {
  const broker = makeServices(image, { groups })
  const input = { key: 'g', keyType: 0 }
  const { errorCode, errorMessage, nodeId, host, port } = await ask(
    findCoordinator,
    Apis.FindCoordinator,
    3,
    input,
    broker,
  )
  assert.deepEqual([errorCode, errorMessage, nodeId, host, port], [0, 'NONE', 1, 'localhost', 9092])
})

test('says in words that it does not know a kind of key', async () => {
  const broker = makeServices(image, { groups })
  const input = { keyType: 3, coordinatorKeys: ['k'] }
  const { coordinators } = await ask(findCoordinator, Apis.FindCoordinator, 4, input, broker)
  assert.equal(coordinators[0]?.errorCode, ErrorCode.INVALID_REQUEST)
  assert.match(coordinators[0].errorMessage ?? '', /^This most likely occurs because of a request/)
})

test('waits until the offsets topic was created', async () => {
  let now = makeImage({})
  const topicCreation = {
    create() {
      now = image
      return Promise.resolve()
    },
  } as unknown as BrokerServices['topicCreation']
  const broker = makeServices(image, { groups, topicCreation, image: () => now })
  const { errorCode } = await ask(
    findCoordinator,
    Apis.FindCoordinator,
    1,
    { key: 'g', keyType: 0 },
    broker,
  )
  assert.equal(errorCode, 0)
})

test('refuses kinds of key that have no coordinator', async () => {
  const { INVALID_REQUEST, UNSUPPORTED_VERSION } = ErrorCode
  assert.deepEqual(await many(4, 1, 't'), [['t', UNSUPPORTED_VERSION, -1, -1]])
  const shareKey = 'g:cQdB1vvTQ-OpvuTZAgYI3A:0'
  assert.deepEqual(await many(6, 2, 'g', shareKey), [
    ['g', INVALID_REQUEST, -1, -1],
    [shareKey, UNSUPPORTED_VERSION, -1, -1],
  ])
  assert.deepEqual(await many(5, 2, shareKey), [[shareKey, INVALID_REQUEST, -1, -1]])
  assert.deepEqual(await many(6, 7, 'g'), [['g', INVALID_REQUEST, -1, -1]])
})
