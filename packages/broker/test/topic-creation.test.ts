import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultsOf, silentLogger } from '@moldau/base'
import { brokerOptions } from '../src/config/broker-options.ts'
import type { ControllerChannel } from '@moldau/controller'
import { TopicCreation, topicToCreate } from '../src/topic-creation.ts'
import { makeImage } from './apis/support.ts'

const config = defaultsOf(brokerOptions)

function topicCreation(handle: (names: string[]) => Promise<unknown>) {
  const controller = {
    handle: (_api: unknown, _version: number, request: { topics: { name: string }[] }) =>
      handle(request.topics.map(topic => topic.name)),
  } as unknown as ControllerChannel
  return new TopicCreation({
    controller,
    config: () => config,
    image: () => makeImage({}),
    listenerName: 'PLAINTEXT',
    logger: silentLogger,
  })
}

test('asks the controller once for a topic that many ask for at once', async () => {
  const asked: string[][] = []
  const creation = topicCreation(names => {
    asked.push(names)
    return Promise.resolve({ topics: names.map(name => ({ name, errorCode: 0 })) })
  })
  const both = [creation.create('new'), creation.create('new')]
  assert.equal(both[0], both[1])
  await Promise.all(both)
  assert.deepEqual(asked, [['new']])
  await creation.create('new')
  assert.equal(asked.length, 2)
})

test('does not ask for names that cannot be, and survives a failing controller', async () => {
  let calls = 0
  const creation = topicCreation(() => {
    calls++
    return Promise.reject(new Error('no controller'))
  })
  await creation.create('a b')
  assert.equal(calls, 0)
  await creation.create('new')
  assert.equal(calls, 1)
})

test('caps the replicas of internal topics at the number of brokers', () => {
  const offsets = topicToCreate('__consumer_offsets', config, 1)
  assert.equal(offsets.replicationFactor, 1)
  assert.equal(offsets.numPartitions, 50)
  assert.deepEqual(
    offsets.configs.map(({ name, value }) => `${name}=${value}`),
    ['cleanup.policy=compact', 'compression.type=producer', 'segment.bytes=104857600'],
  )
  assert.equal(topicToCreate('__consumer_offsets', config, 5).replicationFactor, 3)
  const transactions = topicToCreate('__transaction_state', config, 1)
  assert.ok(
    transactions.configs.some(({ name, value }) => name === 'min.insync.replicas' && value === '1'),
  )
  assert.equal(topicToCreate('__share_group_state', config, 2).replicationFactor, 2)
})

test('gives any other topic the defaults of the broker', () => {
  const topic = topicToCreate('orders', config, 1)
  assert.deepEqual([topic.numPartitions, topic.replicationFactor, topic.configs], [1, 1, []])
})
