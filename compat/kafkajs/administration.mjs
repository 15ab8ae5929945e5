// Admin: topics, configs, groups and offsets.
import kafkajs from 'kafkajs'
import { check, keys, places, refused, until } from '../harness/checks.mjs'
import { admin, create, freshAdmin, join, produce, read, settle } from './harness.mjs'

const { ConfigResourceTypes } = kafkajs

export async function adminTopics() {
  const admin = await freshAdmin()
  const topic = await create('admin-topic', 3, { 'retention.ms': -1 })
  check('admin', 'creates a topic and lists it', (await admin.listTopics()).includes(topic))
  check(
    'admin',
    'a topic that exists is not made again',
    (await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })) === false,
  )
  const make = more =>
    admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic: 'wrong', numPartitions: 1, ...more }],
    })
  await refused(
    'admin',
    'a name with a slash is refused',
    () => make({ topic: 'a/b' }),
    'INVALID_TOPIC_EXCEPTION',
  )
  await refused(
    'admin',
    'a replication factor above the number of brokers is refused',
    () => make({ replicationFactor: 2 }),
    'INVALID_REPLICATION_FACTOR',
  )
  await refused(
    'admin',
    'a config that does not exist is refused',
    () => make({ configEntries: [{ name: 'no.such', value: '1' }] }),
    'INVALID_CONFIG',
  )
  await admin.createTopics({
    validateOnly: true,
    waitForLeaders: false,
    topics: [{ topic: 'only-checked', numPartitions: 2 }],
  })
  check(
    'admin',
    'a topic is checked without being made',
    !(await admin.listTopics()).includes('only-checked'),
  )
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  check(
    'admin',
    'describes a topic: leaders and replicas',
    topics[0].partitions.length === 3 && topics[0].partitions.every(p => p.leader === p.isr[0]),
  )
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
  await settle(topic, 5)
  check(
    'admin',
    'adds partitions',
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length === 5,
  )
  await refused(
    'admin',
    'fewer partitions are refused',
    () => admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }),
    'INVALID_PARTITIONS',
  )
  await produce(
    topic,
    Array.from({ length: 10 }, (_, i) => ({ value: String(i), partition: 0 })),
  )
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] })
  const zero = (await admin.fetchTopicOffsets(topic)).find(o => o.partition === 0)
  check(
    'admin',
    'deletes records up to an offset',
    zero.low === '6' && zero.high === '10' && (await read(topic, 4))[0].offset === '6',
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
  const cluster = await admin.describeCluster()
  check(
    'admin',
    'describes the cluster',
    cluster.brokers.length === 1 && cluster.controller !== null && cluster.clusterId.length > 0,
  )
}

export async function adminConfigs() {
  const name = await create('admin-configs', 1, { 'retention.ms': 1_000_000 })
  const resource = { type: ConfigResourceTypes.TOPIC, name }
  const configs = async () => {
    const { resources } = await admin.describeConfigs({ resources: [resource] })
    return Object.fromEntries(resources[0].configEntries.map(entry => [entry.configName, entry]))
  }
  const first = await configs()
  check(
    'admin',
    'describes configs: set ones and defaults',
    first['retention.ms'].configValue === '1000000' &&
      first['cleanup.policy'].configValue === 'delete' &&
      first['cleanup.policy'].isDefault,
  )
  const narrow = await admin.describeConfigs({
    resources: [{ ...resource, configNames: ['retention.ms'] }],
  })
  check('admin', 'describes one config', narrow.resources[0].configEntries.length === 1)
  await admin.alterConfigs({
    resources: [{ ...resource, configEntries: [{ name: 'segment.ms', value: '3000000' }] }],
  })
  const replaced = async () => {
    const now = await configs()
    return (
      now['segment.ms'].configValue === '3000000' && now['retention.ms'].configValue === '604800000'
    )
  }
  check('admin', 'replaces all configs', await until(replaced))
  await refused(
    'admin',
    'a value that is no number is refused',
    () =>
      admin.alterConfigs({
        resources: [{ ...resource, configEntries: [{ name: 'retention.ms', value: 'soon' }] }],
      }),
    'INVALID_CONFIG',
  )
  const broker = {
    type: ConfigResourceTypes.BROKER,
    name: '1',
    configNames: ['group.initial.rebalance.delay.ms'],
  }
  const { resources } = await admin.describeConfigs({ resources: [broker] })
  check(
    'admin',
    'describes the configs of the broker',
    resources[0].configEntries[0].configValue === '0',
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
  await until(() => places(member.records).size >= 20)
  const offsets = async () => {
    const found = await admin.fetchOffsets({ groupId, topics: [topic] })
    return String(
      found[0].partitions.toSorted((a, b) => a.partition - b.partition).map(p => p.offset),
    )
  }
  await until(async () => (await offsets()) === '10,10')
  const listed = async () =>
    (await admin.listGroups()).groups.some(group => group.groupId === groupId)
  check('admin', 'lists a group', await listed())
  const describe = async () => (await admin.describeGroups([groupId])).groups[0]
  const stable = await describe()
  check(
    'admin',
    'describes a group and its members',
    stable.state === 'Stable' && stable.members[0].clientId === 'suite',
  )
  await member.consumer.disconnect()
  check('admin', 'a group without members is empty', (await describe()).state === 'Empty')
  check('admin', 'lists the offsets of a group', (await offsets()) === '10,10')
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '4' }] })
  check('admin', 'changes the offsets of a group', (await offsets()) === '4,10')
  const again = await join(groupId, [topic])
  await until(() => places(again.records).size >= 6)
  check(
    'admin',
    'the group goes on at the changed offsets',
    places(again.records).size === 6 && keys(again.records).has('8'),
  )
  await again.consumer.disconnect()
  await admin.resetOffsets({ groupId, topic, earliest: true })
  check(
    'admin',
    'resets the offsets of a group',
    (await offsets()) === '-2,-2' || (await offsets()) === '0,0',
    await offsets(),
  )
  await admin.deleteGroups([groupId])
  check('admin', 'deletes a group', !(await listed()))
  await refused(
    'admin',
    'a group that does not exist is not deleted',
    () => admin.deleteGroups(['nowhere']),
    'GROUP_ID_NOT_FOUND',
  )
}
