// The clients that the sections use.
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { bootstrap, until } from '../harness/checks.mjs'

export const common = {
  clientId: 'suite',
  bootstrapBrokers: [bootstrap],
  retries: 20,
  retryDelay: 100,
  metadataMaxAge: 300,
}
export const admin = new Admin(common)

export async function create(topic, partitions = 1, configs = {}) {
  const list = Object.entries(configs).map(([name, value]) => ({ name, value: String(value) }))
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: list })
  await settle(topic, partitions)
  return topic
}

export async function describeTopic(topic) {
  const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
  return topics.get(topic)
}

/** Waits until the broker knows a topic as the controller made it, each partition with a leader. */
export async function settle(topic, count) {
  await until(async () => {
    try {
      const found = await describeTopic(topic)
      return found.partitions.length === count && found.partitions.every(p => p.leader >= 0)
    } catch {
      return false
    }
  })
}

/** Sends messages in one call; strings unless `serializers` says otherwise. */
export async function produce(
  topic,
  messages,
  { serializers = stringSerializers, ...options } = {},
) {
  const producer = new Producer({ ...common, serializers })
  try {
    return await producer.send({
      messages: messages.map(m => ({ topic, ...m })),
      acks: -1,
      ...options,
    })
  } finally {
    await producer.close()
  }
}

/** A member of a group that notes what it reads. */
export async function join(groupId, topics, { stream, ...options } = {}) {
  const consumer = new Consumer({
    ...common,
    groupId,
    deserializers: stringDeserializers,
    sessionTimeout: 6000,
    heartbeatInterval: 200,
    rebalanceTimeout: 6000,
    maxWaitTime: 100,
    ...options,
  })
  // A member that is closed while it joins tells so; what matters shows in the stream.
  consumer.on('error', () => {})
  const member = {
    consumer,
    records: [],
    error: undefined,
    get partitions() {
      return consumer.assignments?.flatMap(a => a.partitions.map(p => `${a.topic}-${p}`)) ?? []
    },
  }
  member.stream = await consumer.consume({
    topics,
    autocommit: 100,
    mode: MessagesStreamModes.COMMITTED,
    fallbackMode: 'earliest',
    ...stream,
  })
  member.stream.on('data', record => member.records.push(record))
  member.stream.on('error', error => (member.error = error))
  return member
}

/** Reads so many records of a topic with a group of its own. */
export async function read(topic, count, { stream, ...options } = {}) {
  const member = await join(`reader-${topic}-${Math.random()}`, [topic], {
    stream: { mode: MessagesStreamModes.EARLIEST, autocommit: false, ...stream },
    ...options,
  })
  await until(() => member.records.length >= count || member.error !== undefined)
  await member.consumer.close(true)
  if (member.error !== undefined) throw member.error
  return member.records
}

/** The committed offsets of a group, in the order of partitions. */
export async function offsetsOf(groupId, topic, count) {
  const wanted = {
    groupId,
    topics: [{ name: topic, partitionIndexes: Array.from({ length: count }, (_, i) => i) }],
  }
  const [group] = await admin.listConsumerGroupOffsets({ groups: [wanted] })
  const found = group.topics[0]?.partitions ?? []
  return found
    .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
    .map(p => Number(p.committedOffset))
}
