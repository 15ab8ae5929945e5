// kafkajs: see ../README.md for the phases. Codecs other than gzip go in through its own registry of codecs.
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'
import snappy from 'snappy'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: encoder => snappy.compress(encoder.buffer),
  decompress: buffer => unxerial(buffer),
})
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => lz4.compressFrame(encoder.buffer),
  decompress: buffer => lz4.decompressFrame(buffer),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: encoder => promisify(zlib.zstdCompress)(encoder.buffer),
  decompress: buffer => promisify(zlib.zstdDecompress)(buffer),
})
/** Snappy as Java frames it, or plain. */
async function unxerial(buffer) {
  if (buffer.toString('latin1', 1, 7) !== 'SNAPPY') return snappy.uncompress(buffer)
  const parts = []
  for (let at = 16; at < buffer.length;) {
    const size = buffer.readInt32BE(at)
    parts.push(await snappy.uncompress(buffer.subarray(at + 4, at + 4 + size)))
    at += 4 + size
  }
  return Buffer.concat(parts)
}

const [bootstrap, phase] = process.argv.slice(2)
const topic = 'kafkajs-smoke'
const groupId = 'kafkajs-group'
const kafka = new Kafka({ brokers: [bootstrap], clientId: 'smoke', logLevel: logLevel.NOTHING })
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
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = Array.from({ length: count }, (_, i) => ({
    key: prefix + i,
    value: `value-${prefix}${i}`,
    headers: { codec: [prefix, 'again'] },
  }))
  await producer.send({ topic, compression, messages })
  await producer.disconnect()
}
/** A member of the group that notes what it reads and which partitions it has. */
async function member(id) {
  const consumer = kafka.consumer({
    groupId: id,
    sessionTimeout: 6000,
    heartbeatInterval: 300,
    rebalanceTimeout: 6000,
  })
  const state = { consumer, partitions: [], records: [] }
  consumer.on(
    consumer.events.GROUP_JOIN,
    ({ payload }) => (state.partitions = payload.memberAssignment[topic] ?? []),
  )
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommitInterval: 200,
    eachMessage: async ({ message, partition }) =>
      void state.records.push({ ...message, partition }),
  })
  return state
}

const admin = kafka.admin()
await admin.connect()
if (phase === 'before') {
  await admin.createTopics({
    topics: [{ topic, numPartitions: 3, replicationFactor: 1 }],
    waitForLeaders: true,
  })
  check((await admin.listTopics()).includes(topic), 'creates a topic and lists it')
  const expected = new Set()
  for (const [name, id] of Object.entries({ none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 })) {
    await produce(id, `${name}-`, 100)
    for (let i = 0; i < 100; i++) expected.add(`${name}-${i}`)
    check(true, `produces with ${name}, idempotent`)
  }
  const reader = await member('kafkajs-reader')
  await until(() => reader.records.length >= 500)
  check(
    reader.records.length === 500 && reader.records.every(r => expected.has(r.key.toString())),
    'reads all 500 records from the start',
  )
  check(
    reader.records.every(
      r => r.value.toString() === `value-${r.key}` && r.headers.codec.length === 2,
    ),
    'keeps values and doubled headers',
  )
  await reader.consumer.disconnect()

  await pause(50)
  const now = Date.now()
  await produce(3, 'late-', 50)
  const late = kafka.consumer({ groupId: 'kafkajs-late' })
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, now)
  const lateRecords = []
  await late.connect()
  await late.subscribe({ topic })
  await late.run({ eachMessage: async ({ message }) => void lateRecords.push(message) })
  for (const { partition, offset } of offsets) late.seek({ topic, partition, offset })
  await until(() => lateRecords.length >= 50)
  check(
    lateRecords.length === 50 && lateRecords.every(r => r.key.toString().startsWith('late-')),
    'reads by time the 50 records sent after it',
  )
  await late.disconnect()

  const first = await member(groupId)
  const second = await member(groupId)
  const shared = () =>
    first.partitions.length + second.partitions.length === 3 &&
    first.partitions.length > 0 &&
    second.partitions.length > 0
  check(await until(shared), 'two members of a group share the partitions')
  await second.consumer.disconnect()
  check(
    await until(() => first.partitions.length === 3),
    'the member that stays gets all partitions when the other leaves',
  )
  const seen = () => new Set([...first.records, ...second.records].map(r => r.key.toString())).size
  check(await until(() => seen() === 550), 'the group reads all 550 records')
  await pause(400)
  await first.consumer.disconnect()
  const committed = await admin.fetchOffsets({ groupId, topics: [topic] })
  check(
    committed[0].partitions.reduce((sum, p) => sum + Number(p.offset), 0) === 550,
    'committed offsets add up to 550',
  )
} else {
  await produce(4, 'after-', 10)
  const again = await member(groupId)
  await until(() => again.records.length >= 10)
  check(
    again.records.length === 10 && again.records.every(r => r.key.toString().startsWith('after-')),
    'the group goes on at its committed offsets after a restart',
  )
  await again.consumer.disconnect()
  await admin.deleteGroups([groupId])
  check(!(await admin.listGroups()).groups.some(g => g.groupId === groupId), 'deletes the group')
  await admin.deleteTopics({ topics: [topic] })
  check(!(await admin.listTopics()).includes(topic), 'deletes the topic')
}
await admin.disconnect()
