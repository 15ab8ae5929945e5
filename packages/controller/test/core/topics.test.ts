import { atOnce } from '@moldau/base'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateTopicsRequest } from '@moldau/protocol'
import { createTopics, partsOfCreation } from '../../src/core/topics.ts'
import { broker, directoryOf, shuttingDown, TestCluster } from './support.ts'

type Topic = CreateTopicsRequest['topics'][number]

function topic(name: string, change: Partial<Topic> = {}): Topic {
  return {
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
    ...change,
  } as Topic
}

function assigned(name: string, ...assignments: [number, number[]][]): Topic {
  return topic(name, {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: assignments.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
  } as Partial<Topic>)
}

function create(cluster: TestCluster, ...topics: Topic[]): string[] {
  const request = { topics, timeoutMs: 0, validateOnly: false } as unknown as CreateTopicsRequest
  const response = cluster.decide(context => createTopics(request, context))
  return (response.topics ?? []).map(({ name, errorCode, errorMessage }) =>
    `${name} ${errorCode} ${errorMessage ?? ''}`.trim(),
  )
}

test('makes topic, configs and partitions, led by a live broker in its directory', () => {
  const cluster = new TestCluster(broker(1))
  const configs = [{ name: 'retention.ms', value: '5' }] as Topic['configs']
  assert.deepEqual(create(cluster, topic('orders', { numPartitions: 3, configs })), ['orders 0'])
  assert.equal(cluster.image.topics.byName('orders')?.partitions.length, 3)
  assert.deepEqual(cluster.partition('orders', 2), {
    replicas: [1],
    directories: [directoryOf(1)],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
  })
  assert.equal(cluster.image.configs.of('topic', 'orders').get('retention.ms'), '5')
})

test('-1 asks for the defaults of the broker', () => {
  const cluster = new TestCluster(broker(1), broker(2))
  cluster.config = { ...cluster.config, 'num.partitions': 4, 'default.replication.factor': 2 }
  create(cluster, topic('orders', { numPartitions: -1, replicationFactor: -1 }))
  assert.equal(cluster.image.topics.byName('orders')?.partitions.length, 4)
  assert.equal(cluster.partition('orders')?.replicas.length, 2)
})

// Codes and texts as Apache Kafka 4.3.1 answered them.
const refusals: [string, Topic, string][] = [
  [
    'no partitions',
    topic('z', { numPartitions: 0 }),
    'z 37 Number of partitions was set to an invalid non-positive value.',
  ],
  [
    '-2 partitions',
    topic('z', { numPartitions: -2 }),
    'z 37 Number of partitions was set to an invalid non-positive value.',
  ],
  [
    'replication factor 0',
    topic('z', { replicationFactor: 0 }),
    'z 38 Replication factor must be larger than 0, or -1 to use the default value.',
  ],
  [
    'a replication factor above the brokers',
    topic('z', { replicationFactor: 3 }),
    'z 38 Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.',
  ],
  ['the name .', topic('.'), ". 17 Topic name is invalid: '.' is not allowed"],
  ['the name ..', topic('..'), ".. 17 Topic name is invalid: '..' is not allowed"],
  [
    'a slash',
    topic('a/b'),
    "a/b 17 Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  ],
  ['an empty name', topic(''), '17 Topic name is invalid: the empty string is not allowed'],
  [
    'the metadata topic',
    topic('__cluster_metadata'),
    '__cluster_metadata 42 Creation of internal topic __cluster_metadata is prohibited.',
  ],
  [
    'too many partitions',
    topic('z', { numPartitions: 10_001 }),
    'z 44 Excessively large number of partitions per request.',
  ],
  [
    '2^31-1 partitions',
    topic('z', { numPartitions: 2 ** 31 - 1 }),
    'z 44 Excessively large number of partitions per request.',
  ],
  [
    'an unknown config',
    topic('z', { configs: [{ name: 'foo', value: 'bar' }] as Topic['configs'] }),
    'z 40 Unknown topic config name: foo',
  ],
  [
    'a null config',
    topic('z', { configs: [{ name: 'retention.ms', value: null }] as Topic['configs'] }),
    'z 40 Null value not supported for topic configs: retention.ms',
  ],
  [
    'an assignment to an unknown broker',
    assigned('z', [0, [9]]),
    'z 39 The manual partition assignment includes broker 9, but no such broker is registered.',
  ],
  [
    'an assignment to a broker twice',
    assigned('z', [0, [1, 1]]),
    'z 39 The manual partition assignment includes the broker 1 more than once.',
  ],
  [
    'an empty assignment',
    assigned('z', [0, []]),
    'z 39 The manual partition assignment includes an empty replica list.',
  ],
  [
    'assignments with a gap',
    assigned('z', [0, [1]], [2, [1]]),
    'z 39 partitions should be a consecutive 0-based integer sequence',
  ],
  [
    'assignments from 1 on',
    assigned('z', [1, [1]]),
    'z 39 partitions should be a consecutive 0-based integer sequence',
  ],
  [
    'assignments and a partition count',
    { ...assigned('z', [0, [1]]), numPartitions: 1 },
    'z 42 A manual partition assignment was specified, but numPartitions was not set to -1.',
  ],
  [
    'assignments and a replication factor',
    { ...assigned('z', [0, [1]]), replicationFactor: 1 },
    'z 42 A manual partition assignment was specified, but replication factor was not set to -1.',
  ],
]

for (const [what, request, answer] of refusals) {
  test(`refuses ${what}, with Kafka's text`, () => {
    const cluster = new TestCluster(broker(1))
    assert.deepEqual(create(cluster, request), [answer])
    assert.equal(cluster.image.topics.size, 0)
  })
}

test('refuses a name of 250 characters, and takes one of 249', () => {
  const cluster = new TestCluster(broker(1))
  const [answer] = create(cluster, topic('x'.repeat(250)))
  assert.match(answer ?? '', /is longer than the max allowed length 249$/)
  assert.match(create(cluster, topic('x'.repeat(249)))[0] ?? '', / 0$/)
})

test('refuses what exists, and what would collide in metric names', () => {
  const cluster = new TestCluster(broker(1))
  create(cluster, topic('a.b'))
  assert.deepEqual(create(cluster, topic('a.b'), topic('a_b'), topic('ab')), [
    "a.b 36 Topic 'a.b' already exists.",
    "a_b 17 Topic 'a_b' collides with existing topic: a.b",
    'ab 0',
  ])
})

test('refuses every entry of a name that is given twice, and makes the others', () => {
  const cluster = new TestCluster(broker(1))
  assert.deepEqual(create(cluster, topic('a'), topic('b'), topic('a')), [
    'b 0',
    'a 42 Duplicate topic name.',
  ])
})

test('refuses assignments of unequal length', () => {
  const cluster = new TestCluster(broker(1), broker(2))
  assert.deepEqual(create(cluster, assigned('z', [0, [1]], [1, [1, 2]])), [
    'z 39 The manual partition assignment includes a partition with 2 replica(s), but this is not consistent with previous partitions, which have 1 replica(s).',
  ])
})

test('takes a manual assignment as it is, the first live replica leading', () => {
  const cluster = new TestCluster(broker(1), broker(2), broker(3, { fenced: true }))
  assert.deepEqual(create(cluster, assigned('z', [1, [2, 1]], [0, [3, 2]])), ['z 0'])
  assert.deepEqual(cluster.partition('z', 0)?.replicas, [3, 2])
  assert.deepEqual(cluster.partition('z', 0)?.isr, [2])
  assert.equal(cluster.partition('z', 0)?.leader, 2)
  assert.deepEqual(cluster.partition('z', 1)?.replicas, [2, 1])
})

test('validateOnly answers the same and writes nothing', () => {
  const cluster = new TestCluster(broker(1))
  const request = {
    topics: [topic('orders')],
    timeoutMs: 0,
    validateOnly: true,
  } as unknown as CreateTopicsRequest
  const { records, response } = atOnce(createTopics(request, cluster.context))
  assert.deepEqual(records, [])
  assert.equal(response.topics?.[0]?.errorCode, 0)
  assert.equal(response.topics?.[0]?.numPartitions, 1)
})

test('with several log directories the broker is to choose', () => {
  const record = broker(1)
  const cluster = new TestCluster({
    ...record,
    value: { ...record.value, logDirs: [directoryOf(1), directoryOf(2)] },
  } as typeof record)
  create(cluster, topic('orders'))
  assert.deepEqual(cluster.partition('orders')?.directories, ['AAAAAAAAAAAAAAAAAAAAAQ'])
})

test('a request of very many topics is decided on in parts, unless it is to be refused', () => {
  const context = { config: { 'num.partitions': 1 } } as Parameters<typeof partsOfCreation>[1]
  const partsOf = (topics: Topic[]) =>
    partsOfCreation({ topics, timeoutMs: 0, validateOnly: false } as CreateTopicsRequest, context)
  const many = (count: number, numPartitions: number) =>
    Array.from({ length: count }, (_, i) => topic(`t${i}`, { numPartitions }))
  const sizes = (topics: Topic[]) => partsOf(topics).map(part => part.topics.length)
  assert.deepEqual(sizes(many(200, 5)), [200])
  assert.deepEqual(sizes(many(450, 1)), [200, 200, 50])
  assert.deepEqual(sizes(many(5, 400)), [2, 2, 1])
  assert.deepEqual(sizes(many(3, 3000)), [1, 1, 1])
  assert.deepEqual(sizes(many(3, 4000)), [3])
  assert.deepEqual(sizes([...many(300, 1), topic('t0')]), [301])
  const names = partsOf(many(450, 1)).flatMap(part => part.topics.map(({ name }) => name))
  assert.deepEqual(
    names,
    many(450, 1).map(({ name }) => name),
  )
})

test('a broker that is being shut down gets no replica', () => {
  const cluster = new TestCluster(broker(1), broker(2), shuttingDown(1))
  assert.deepEqual(create(cluster, topic('orders', { numPartitions: 4 })), ['orders 0'])
  for (let i = 0; i < 4; i++) assert.deepEqual(cluster.partition('orders', i)?.replicas, [2])
  assert.deepEqual(create(cluster, topic('both', { replicationFactor: 2 })), [
    'both 38 Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.',
  ])
})

test('clients ask again for a topic while the only broker is being shut down', () => {
  const cluster = new TestCluster(broker(1), shuttingDown(1))
  const again = '41 The only broker is shutting down, and this controller with it.'
  assert.deepEqual(create(cluster, topic('orders'), assigned('chosen', [0, [1]]), topic('a b')), [
    `orders ${again}`,
    `chosen ${again}`,
    "a b 17 Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  ])
})
