// The clients that the sections use.
import kafkajs from 'kafkajs'
import { bootstrap, until } from '../harness/checks.mjs'
import './codecs.mjs'

const { Kafka, logLevel } = kafkajs
export const kafka = new Kafka({
  brokers: [bootstrap],
  clientId: 'suite',
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 20 },
})
/** One that waits longer than a broker needs to start. */
export const patient = new Kafka({
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 500 },
})
export const admin = kafka.admin()
export const codecs = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

export async function create(topic, numPartitions = 1, configs = {}) {
  const configEntries = Object.entries(configs).map(([name, value]) => ({
    name,
    value: String(value),
  }))
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }],
  })
  await settle(topic, numPartitions)
  return topic
}

/**
 * Waits until the broker knows a topic as the controller made it, each partition with a leader. An admin of its own
 * asks, as this client keeps asking for all topics that it once named, and fails while one of them is not known.
 */
export async function settle(topic, count) {
  const own = await freshAdmin()
  await until(async () => {
    try {
      const { topics } = await own.fetchTopicMetadata({ topics: [topic] })
      return topics[0].partitions.length === count && topics[0].partitions.every(p => p.leader >= 0)
    } catch {
      return false
    }
  })
  await own.disconnect()
}

export async function freshAdmin() {
  const own = kafka.admin()
  await own.connect()
  return own
}

/** What an action gives once its group's coordinator is found. */
export async function coordinated(action) {
  let result
  await until(async () => {
    try {
      result = await action()
      return true
    } catch (error) {
      if (/COORDINATOR/.test(error.type)) return false
      throw error
    }
  })
  return result
}

/** Sends messages in one call and gives what came back. */
export async function produce(topic, messages, { acks, compression, ...options } = {}) {
  const producer = kafka.producer({
    allowAutoTopicCreation: true,
    retry: { retries: 5 },
    ...options,
  })
  await producer.connect()
  try {
    return await producer.send({ topic, messages, acks, compression })
  } finally {
    await producer.disconnect()
  }
}

/** A member of a group that notes what it reads and which partitions it has. */
export async function join(groupId, topics, { run, from = true, ...options } = {}) {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: 6000,
    heartbeatInterval: 200,
    rebalanceTimeout: 6000,
    maxWaitTimeInMs: 100,
    metadataMaxAge: 300,
    ...options,
  })
  const member = { consumer, partitions: [], records: [], joins: 0, crash: undefined }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.joins++
    member.partitions = Object.entries(payload.memberAssignment).flatMap(([topic, list]) =>
      list.map(partition => `${topic}-${partition}`),
    )
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => (member.crash = payload.error))
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: from })
  await consumer.run({
    autoCommitInterval: 100,
    ...(run?.eachBatch === undefined && {
      eachMessage: async ({ topic, message, partition }) => {
        member.records.push({ ...message, topic, partition })
      },
    }),
    ...run,
  })
  return member
}

/** Reads so many records of a topic with a group of its own. */
export async function read(topic, count, options) {
  const member = await join(`reader-${topic}-${Math.random()}`, [topic], {
    run: { autoCommit: false },
    ...options,
  })
  await until(() => member.records.length >= count)
  await member.consumer.disconnect()
  return member.records
}
