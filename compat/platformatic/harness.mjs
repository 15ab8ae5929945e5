// Checks, sections that run side by side, and the clients that the sections use.
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'

export const [bootstrap, phase] = process.argv.slice(2)
export const common = {
  clientId: 'suite',
  bootstrapBrokers: [bootstrap],
  retries: 20,
  retryDelay: 100,
  metadataMaxAge: 300,
}
export const admin = new Admin(common)
let failures = 0

export function check(area, what, holds, why = '') {
  if (!holds) failures++
  console.log(holds ? `ok - ${area}: ${what}` : `not ok - ${area}: ${what}: ${why}`)
}

/** The names of Kafka's errors somewhere in an error of this client. */
function namesIn(error) {
  if (error === undefined || error === null) return []
  return [error.apiId, ...(error.errors ?? []).flatMap(namesIn), ...namesIn(error.cause)]
}

/** Checks that an action ends with an error of Kafka. */
export async function refused(area, what, action, name) {
  try {
    await action()
    check(area, what, false, 'it was accepted')
  } catch (error) {
    const names = namesIn(error)
    check(area, what, names.includes(name), `${names} ${error.message}`)
  }
}

/** Runs sections side by side; one that throws counts as a failed check. */
export async function runSections(sections, width = 8) {
  const left = [...sections]
  const work = async () => {
    for (let section = left.shift(); section !== undefined; section = left.shift()) {
      const [area, name, run] = section
      await run().catch(error =>
        check(
          area,
          `section ${name}`,
          false,
          `${error.stack.split('\n').slice(0, 4).join(' ')} ${namesIn(error)}`,
        ),
      )
    }
  }
  await Promise.all(Array.from({ length: width }, work))
}

export function finish() {
  process.exit(failures === 0 ? 0 : 1)
}

/** Looks until it holds; gives what it saw last. */
export async function until(condition, seconds = 30) {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const holds = await condition()
    if (holds || Date.now() > deadline) return holds
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

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

export const numbered = (prefix, count, more) =>
  Array.from({ length: count }, (_, i) => ({
    key: prefix + i,
    value: `value-${prefix}${i}`,
    ...more,
  }))
export const keys = records => new Set(records.map(record => String(record.key)))
/** Partitions and offsets: a record that is read again after a rebalance counts once. */
export const places = records => new Set(records.map(r => `${r.partition}:${r.offset}`))

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
