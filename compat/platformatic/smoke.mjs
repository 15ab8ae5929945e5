// @platformatic/kafka: see ../README.md for the phases.
import {
  Admin,
  Consumer,
  ListOffsetTimestamps,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'

const [bootstrap, phase] = process.argv.slice(2)
const topic = 'platformatic-smoke'
const groupId = 'platformatic-group'
const common = { clientId: 'smoke', bootstrapBrokers: [bootstrap] }
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

function check(holds, what) {
  if (!holds) {
    console.error(`not ok - ${what}`)
    process.exit(1)
  }
  console.log(`ok - ${what}`)
}
async function until(condition, seconds = 30) {
  for (let i = 0; i < seconds * 20 && !condition(); i++) await pause(50)
  return condition()
}
async function produce(compression, prefix, count) {
  const producer = new Producer({ ...common, serializers: stringSerializers, idempotent: true })
  const messages = Array.from({ length: count }, (_, i) => ({
    topic,
    key: prefix + i,
    value: `value-${prefix}${i}`,
    headers: { codec: compression },
  }))
  await producer.send({ messages, compression, acks: -1 })
  await producer.close()
}
async function member(id, stream) {
  const consumer = new Consumer({
    ...common,
    groupId: id,
    deserializers: stringDeserializers,
    sessionTimeout: 6000,
    heartbeatInterval: 300,
    rebalanceTimeout: 6000,
    maxWaitTime: 200,
  })
  const state = { consumer, records: [], stream: undefined }
  state.stream = await consumer.consume({
    topics: [topic],
    autocommit: 200,
    mode: MessagesStreamModes.COMMITTED,
    fallbackMode: 'earliest',
    ...stream,
  })
  state.stream.on('data', record => state.records.push(record))
  state.stream.on('error', error => {
    console.error(error)
    process.exit(1)
  })
  return state
}
const owned = member =>
  member.consumer.assignments?.find(a => a.topic === topic)?.partitions.length ?? 0

const admin = new Admin(common)
if (phase === 'before') {
  await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })
  check((await admin.listTopics()).includes(topic), 'creates a topic and lists it')
  const expected = new Set()
  for (const name of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    await produce(name, `${name}-`, 100)
    for (let i = 0; i < 100; i++) expected.add(`${name}-${i}`)
    check(true, `produces with ${name}, idempotent`)
  }
  const reader = await member('platformatic-reader', { mode: MessagesStreamModes.EARLIEST })
  await until(() => reader.records.length >= 500)
  check(
    reader.records.length === 500 && reader.records.every(r => expected.has(r.key)),
    'reads all 500 records from the start',
  )
  check(
    reader.records.every(r => r.value === `value-${r.key}` && r.headers.size === 1),
    'keeps values and headers',
  )
  await reader.consumer.close(true)

  await pause(50)
  const now = BigInt(Date.now())
  await produce('lz4', 'late-', 50)
  const late = new Consumer({
    ...common,
    groupId: 'platformatic-late',
    deserializers: stringDeserializers,
    maxWaitTime: 200,
  })
  const offsets = []
  const listed = await late.listOffsetsWithTimestamps({ topics: [topic], timestamp: now })
  const latest = await late.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.LATEST })
  for (const [partition, found] of listed.get(topic))
    offsets.push({
      topic,
      partition,
      offset: found.offset < 0n ? latest.get(topic)[partition] : found.offset,
    })
  const lateRecords = []
  const stream = await late.consume({
    topics: [topic],
    mode: MessagesStreamModes.MANUAL,
    offsets,
    autocommit: false,
  })
  stream.on('data', record => lateRecords.push(record))
  await until(() => lateRecords.length >= 50)
  check(
    lateRecords.length === 50 && lateRecords.every(r => r.key.startsWith('late-')),
    'reads by time the 50 records sent after it',
  )
  await late.close(true)

  const first = await member(groupId)
  const second = await member(groupId)
  check(
    await until(() => owned(first) + owned(second) === 3 && owned(first) > 0 && owned(second) > 0),
    'two members of a group share the partitions',
  )
  await second.consumer.close(true)
  check(
    await until(() => owned(first) === 3),
    'the member that stays gets all partitions when the other leaves',
  )
  const seen = () => new Set([...first.records, ...second.records].map(r => r.key)).size
  check(await until(() => seen() === 550), 'the group reads all 550 records')
  await pause(600)
  await first.consumer.close(true)
} else {
  await produce('zstd', 'after-', 10)
  const again = await member(groupId)
  await until(() => again.records.length >= 10)
  await pause(300)
  check(
    again.records.length === 10 && again.records.every(r => r.key.startsWith('after-')),
    'the group goes on at its committed offsets after a restart',
  )
  await again.consumer.close(true)
  await admin.deleteGroups({ groups: [groupId] })
  check(![...(await admin.listGroups()).keys()].includes(groupId), 'deletes the group')
  await admin.deleteTopics({ topics: [topic] })
  check(!(await admin.listTopics()).includes(topic), 'deletes the topic')
}
await admin.close()
