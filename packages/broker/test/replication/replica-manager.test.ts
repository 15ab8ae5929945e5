import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultsOf, silentLogger } from '@moldau/base'
import { logBrokerOptions, Logs, topicOptions } from '@moldau/log'
import {
  apply,
  changesBetween,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  type MetadataRecordInput,
} from '@moldau/metadata'
import { ReplicaManager } from '../../src/replication/replica-manager.ts'
import { Deadlines } from '../../src/replication/waiting-requests.ts'
import { ManualWorld } from '../manual-world.ts'

const topicId = 'cQdB1vvTQ-OpvuTZAgYI3A'
const topic: MetadataRecordInput = {
  type: 'TopicRecord',
  version: 0,
  value: { name: 'orders', topicId },
}

function partition(partitionId: number): MetadataRecordInput {
  const value = {
    partitionId,
    topicId,
    replicas: [1],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
  }
  return { type: 'PartitionRecord', version: 0, value }
}

async function open() {
  const world = new ManualWorld()
  const logs = await Logs.open({
    world,
    directories: ['/data'],
    defaults: defaultsOf(topicOptions),
    brokerConfig: defaultsOf(logBrokerOptions),
    logger: silentLogger,
  })
  const replicas = new ReplicaManager({
    nodeId: 1,
    logs,
    logger: silentLogger,
    deadlines: new Deadlines(world.timers, () => 0),
    topicConfig: () => defaultsOf(topicOptions),
  })
  let image = emptyImage('cluster')
  const publish = (...records: MetadataRecordInput[]) => {
    const before = image
    image = records
      .map(record => decodeMetadataRecord(encodeMetadataRecord(record)))
      .reduce(apply, before)
    return replicas.publish(image, changesBetween(before, image))
  }
  return { logs, replicas, publish }
}

test('partitions come one in a step, and until then are not led here', async () => {
  const { replicas, publish } = await open()
  const steps = publish(topic, partition(0), partition(1), partition(2))
  steps.next()
  assert.equal(replicas.partition('orders', 0)?.isLeader, true)
  assert.equal(replicas.partition('orders', 1), undefined)
  assert.equal(replicas.problemOf('orders', 1), 'NOT_LEADER_OR_FOLLOWER')
  assert.equal(replicas.problemOfId(topicId, 2), 'NOT_LEADER_OR_FOLLOWER')
  while (steps.next().done !== true);
  assert.equal(replicas.partition('orders', 2)?.isLeader, true)
})

test('a deleted topic is gone at once, its partitions go one in a step', async () => {
  const { logs, replicas, publish } = await open()
  const made = publish(topic, partition(0), partition(1), partition(2))
  while (made.next().done !== true);
  const steps = publish({ type: 'RemoveTopicRecord', version: 0, value: { topicId } })
  steps.next()
  assert.equal(replicas.topic('orders'), undefined)
  assert.equal(replicas.problemOf('orders', 2), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal([...logs.logs].length, 2)
  while (steps.next().done !== true);
  assert.equal([...logs.logs].length, 0)
})
