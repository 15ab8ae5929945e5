// Admin: topics, configs, groups and offsets.
import { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import { check, places, refused, until } from '../harness/checks.mjs'
import { admin, create, describeTopic, join, offsetsOf, produce, read, settle } from './harness.mjs'

export async function adminTopics() {
  const topic = await create('admin-topic', 3, { 'retention.ms': -1 })
  check('admin', 'creates a topic and lists it', (await admin.listTopics()).includes(topic))
  const make = more =>
    admin.createTopics({ topics: ['wrong'], partitions: 1, replicas: 1, ...more })
  await refused(
    'admin',
    'a topic that exists is refused',
    () => make({ topics: [topic] }),
    'TOPIC_ALREADY_EXISTS',
  )
  await refused(
    'admin',
    'a name with a slash is refused',
    () => make({ topics: ['a/b'] }),
    'INVALID_TOPIC_EXCEPTION',
  )
  await refused(
    'admin',
    'a replication factor above the number of brokers is refused',
    () => make({ replicas: 2 }),
    'INVALID_REPLICATION_FACTOR',
  )
  await refused(
    'admin',
    'a config that does not exist is refused',
    () => make({ configs: [{ name: 'no.such', value: '1' }] }),
    'INVALID_CONFIG',
  )
  const described = await describeTopic(topic)
  check(
    'admin',
    'describes a topic: its id and leaders',
    described.partitions.length === 3 && described.id.length === 36,
  )
  await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] })
  await settle(topic, 5)
  check('admin', 'adds partitions', (await describeTopic(topic)).partitions.length === 5)
  await refused(
    'admin',
    'fewer partitions are refused',
    () => admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: null }] }),
    'INVALID_PARTITIONS',
  )
  await produce(
    topic,
    Array.from({ length: 10 }, (_, i) => ({
      value: String(i),
      partition: 0,
      timestamp: BigInt(1_700_000_000_000 + i),
    })),
  )
  const offsets = []
  for (const timestamp of [-2n, -1n, -3n, 1_700_000_000_004n]) {
    const [listed] = await admin.listOffsets({
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }],
    })
    offsets.push(listed.partitions[0].offset)
  }
  check(
    'admin',
    'lists offsets: first, next, of the largest timestamp, by time',
    String(offsets) === '0,10,9,4',
    offsets,
  )
  const [deleted] = await admin.deleteRecords({
    topics: [{ name: topic, partitions: [{ partition: 0, offset: 6n }] }],
  })
  check(
    'admin',
    'deletes records up to an offset',
    deleted.partitions[0].lowWatermark === 6n && (await read(topic, 4))[0].offset === 6n,
  )
  const [dirs] = await admin.describeLogDirs({ topics: [{ name: topic, partitions: [0] }] })
  check(
    'admin',
    'describes the folders of the logs',
    dirs.results[0].topics[0].partitions[0].partitionSize > 0n,
  )
  await admin.deleteTopics({ topics: [topic] })
  check(
    'admin',
    'deletes a topic',
    await until(async () => !(await admin.listTopics()).includes(topic)),
  )
  await refused(
    'admin',
    'a topic that does not exist is not deleted',
    () => admin.deleteTopics({ topics: ['nowhere'] }),
    'UNKNOWN_TOPIC_OR_PARTITION',
  )
  const { brokers, controllerId } = await admin.metadata({ topics: [] })
  check('admin', 'describes the cluster', brokers.size === 1 && brokers.has(controllerId))
}

export async function adminConfigs() {
  const resourceName = await create('admin-configs', 1, { 'retention.ms': 1_000_000 })
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName }
  const value = async name => {
    const [found] = await admin.describeConfigs({
      resources: [{ ...resource, configurationKeys: [name] }],
    })
    return found.configs.find(config => config.name === name).value
  }
  const { SET, DELETE, APPEND, SUBTRACT } = IncrementalAlterConfigOperationTypes
  const alter = (configOperation, name, to) =>
    admin.incrementalAlterConfigs({
      resources: [{ ...resource, configs: [{ name, configOperation, value: to }] }],
    })
  check(
    'admin',
    'describes configs: set ones and defaults',
    (await value('retention.ms')) === '1000000' && (await value('cleanup.policy')) === 'delete',
  )
  await alter(SET, 'segment.ms', '3000000')
  check(
    'admin',
    'changes one config, the others stay',
    await until(
      async () =>
        (await value('segment.ms')) === '3000000' && (await value('retention.ms')) === '1000000',
    ),
  )
  await alter(DELETE, 'retention.ms')
  check(
    'admin',
    'a config that is deleted has its default again',
    await until(async () => (await value('retention.ms')) === '604800000'),
  )
  await alter(APPEND, 'cleanup.policy', 'compact')
  check(
    'admin',
    'appends to a list',
    await until(async () => (await value('cleanup.policy')).includes(',')),
  )
  await alter(SUBTRACT, 'cleanup.policy', 'compact')
  check(
    'admin',
    'takes from a list',
    await until(async () => (await value('cleanup.policy')) === 'delete'),
  )
  await refused(
    'admin',
    'a value that is no number is refused',
    () => alter(SET, 'retention.ms', 'soon'),
    'INVALID_CONFIG',
  )
  await admin.alterConfigs({
    resources: [{ ...resource, configs: [{ name: 'max.message.bytes', value: '2000000' }] }],
  })
  check(
    'admin',
    'the older request replaces all configs',
    await until(
      async () =>
        (await value('max.message.bytes')) === '2000000' &&
        (await value('segment.ms')) === '604800000',
    ),
  )
}

export async function adminGroups() {
  const topic = await create('admin-groups', 2)
  const groupId = topic
  await produce(
    topic,
    Array.from({ length: 20 }, (_, i) => ({ key: String(i), value: 'v', partition: i % 2 })),
  )
  const member = await join(groupId, [topic])
  const offsets = async () => String(await offsetsOf(groupId, topic, 2))
  await until(async () => (await offsets()) === '10,10')
  check('admin', 'lists a group', (await admin.listGroups()).has(groupId))
  const stable = await admin.listGroups({ states: ['STABLE'] })
  const empty = await admin.listGroups({ states: ['EMPTY'] })
  check('admin', 'lists groups by state', stable.has(groupId) && !empty.has(groupId))
  const describe = async () => (await admin.describeGroups({ groups: [groupId] })).get(groupId)
  const group = await describe()
  const [only] = group.members.values()
  check(
    'admin',
    'describes a group: its members and what they hold',
    /stable/i.test(group.state) &&
      only.clientId === 'suite' &&
      only.assignments.get(topic).partitions.length === 2,
    group.state,
  )
  await member.consumer.close(true)
  check('admin', 'a group without members is empty', /empty/i.test((await describe()).state))
  check('admin', 'lists the offsets of a group', (await offsets()) === '10,10')
  await admin.alterConsumerGroupOffsets({
    groupId,
    topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 4n }] }],
  })
  check('admin', 'changes the offsets of a group', (await offsets()) === '4,10')
  const again = await join(groupId, [topic])
  await until(() => places(again.records).size >= 6)
  check(
    'admin',
    'the group goes on at the changed offsets',
    places(again.records).size === 6 && places(again.records).has('0:4'),
  )
  await again.consumer.close(true)
  await admin.deleteConsumerGroupOffsets({
    groupId,
    topics: [{ name: topic, partitionIndexes: [1] }],
  })
  check(
    'admin',
    'deletes the offset of a partition',
    (await offsets()).endsWith(',-1'),
    await offsets(),
  )
  await admin.deleteGroups({ groups: [groupId] })
  check('admin', 'deletes a group', !(await admin.listGroups()).has(groupId))
  await refused(
    'admin',
    'a group that does not exist is not deleted',
    () => admin.deleteGroups({ groups: ['nowhere'] }),
    'GROUP_ID_NOT_FOUND',
  )
}
