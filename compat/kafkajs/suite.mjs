// kafkajs: see ../README.md for the phases.
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import {
  check,
  finish,
  keys,
  numbered,
  phase,
  places,
  refused,
  runSections,
  until,
} from '../harness/checks.mjs'
import { adminConfigs, adminGroups, adminTopics } from './administration.mjs'
import { groupSections } from './groups.mjs'
import {
  admin,
  codecs,
  coordinated,
  create,
  join,
  kafka,
  patient,
  produce,
  read,
} from './harness.mjs'

async function produceAcks() {
  await create('acks', 3)
  for (const acks of [1, -1]) await produce('acks', numbered(`acks-${acks}-`, 50), { acks })
  // A connection that closes at once may take requests without an answer with it, under Kafka too.
  const silent = kafka.producer()
  await silent.connect()
  await silent.send({ topic: 'acks', acks: 0, messages: numbered('acks-0-', 50) })
  const got = [...keys(await read('acks', 150))]
  await silent.disconnect()
  for (const acks of [0, 1, -1])
    check(
      'produce',
      `acks=${acks === -1 ? 'all' : acks}: 50 records arrive`,
      got.filter(key => key.startsWith(`acks-${acks}-`)).length === 50,
    )
  const [sent] = await produce('acks', [{ key: 'k', value: 'v', partition: 2 }])
  check(
    'produce',
    'a record goes to the partition it names and its offset comes back',
    sent.partition === 2 && Number(sent.baseOffset) >= 0,
  )
  const same = await produce(
    'acks',
    Array.from({ length: 10 }, () => ({ key: 'same', value: 'v' })),
  )
  check('produce', 'records of one key go to one partition', same.length === 1)
  await produce('made-by-first-record', numbered('auto-', 3))
  check(
    'produce',
    'the first record makes the topic',
    (await read('made-by-first-record', 3)).length === 3,
  )
  const producer = kafka.producer()
  await producer.connect()
  await create('batch-a')
  await create('batch-b')
  await producer.sendBatch({
    topicMessages: ['batch-a', 'batch-b'].map(topic => ({ topic, messages: numbered('x', 5) })),
  })
  await producer.disconnect()
  check(
    'produce',
    'one request carries several topics',
    (await read('batch-a', 5)).length === 5 && (await read('batch-b', 5)).length === 5,
  )
}

async function produceLarge() {
  await create('large')
  await create('larger', 1, { 'max.message.bytes': 5_000_000 })
  const payload = randomBytes(4_000_000)
  await produce('large', [{ value: payload.subarray(0, 900_000) }])
  const [large] = await read('large', 1)
  check(
    'produce',
    'a record of 900 KB arrives whole',
    large.value.equals(payload.subarray(0, 900_000)),
  )
  await refused(
    'produce',
    'a record above the limit of the broker is refused',
    () => produce('large', [{ value: payload.subarray(0, 1_200_000) }]),
    'MESSAGE_TOO_LARGE',
  )
  await produce('larger', [{ value: payload }])
  const [larger] = await read('larger', 1)
  check(
    'produce',
    'a record of 4 MB arrives whole where the topic allows it',
    larger.value.equals(payload),
  )
  const [again] = await read('larger', 1, { maxBytes: 100_000, maxBytesPerPartition: 50_000 })
  check(
    'consume',
    'a record larger than the fetch limits is read all the same',
    again.value.equals(payload),
  )
}

async function codecsAll() {
  await create('codecs', 3)
  for (const [name, compression] of Object.entries(codecs))
    await produce('codecs', numbered(`${name}-`, 100, { headers: { codec: name } }), {
      compression,
    })
  const records = await read('codecs', 500)
  for (const name of Object.keys(codecs)) {
    const mine = records.filter(record => String(record.headers.codec) === name)
    check(
      'codecs',
      `${name}: 100 records come back`,
      keys(mine).size === 100 &&
        mine.every(record => String(record.value) === `value-${record.key}`),
    )
  }
  for (const name of Object.keys(codecs).slice(1)) {
    const topic = await create(`codec-of-topic-${name}`, 1, { 'compression.type': name })
    await produce(topic, numbered('a', 100), {
      compression: name === 'gzip' ? codecs.lz4 : codecs.gzip,
    })
    check(
      'codecs',
      `a topic with compression.type=${name} takes another codec`,
      (await read(topic, 100)).length === 100,
    )
  }
}

async function records() {
  await create('records', 1, { 'retention.ms': -1 })
  await create('append-time', 1, { 'message.timestamp.type': 'LogAppendTime' })
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`h${i}`, String(i)]))
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  await produce('records', [
    { key: 'headers', value: 'v', headers: { a: ['1', '2'], b: '' } },
    { value: 'null key' },
    { key: 'tombstone', value: null },
    { key: Buffer.alloc(0), value: Buffer.alloc(0) },
    { key: bytes, value: 'žluťoučký' },
    { key: 'old', value: 'v', timestamp: '1000000000000' },
    { key: 'many', value: 'v', headers: many },
  ])
  const got = await read('records', 7)
  const [headers, nullKey, tombstone, empty, binary, old, manyHeaders] = got
  check(
    'records',
    'headers keep doubled keys and empty values',
    String(headers.headers.a) === '1,2' && String(headers.headers.b) === '',
  )
  check(
    'records',
    'a null key stays null',
    nullKey.key === null && String(nullKey.value) === 'null key',
  )
  check(
    'records',
    'a tombstone stays null',
    String(tombstone.key) === 'tombstone' && tombstone.value === null,
  )
  check('records', 'empty is not null', empty.key?.length === 0 && empty.value?.length === 0)
  check(
    'records',
    'keys and values are any bytes',
    binary.key.equals(bytes) && String(binary.value) === 'žluťoučký',
  )
  check('records', 'a given timestamp is kept', old.timestamp === '1000000000000')
  check(
    'records',
    'a hundred headers',
    Object.entries(manyHeaders.headers).every(([name, value]) => many[name] === String(value)) &&
      Object.keys(manyHeaders.headers).length === 100,
  )
  check(
    'records',
    'offsets count up from zero',
    got.every((record, i) => Number(record.offset) === i),
  )
  const before = Date.now()
  await produce('append-time', [{ value: 'v', timestamp: '1000000000000' }])
  const stamp = Number((await read('append-time', 1))[0].batchContext.maxTimestamp)
  check('records', "LogAppendTime is the broker's", stamp >= before && stamp <= Date.now() + 1)
}

async function consume() {
  const topic = await create('consume', 2, { 'retention.ms': -1 })
  const value = 'x'.repeat(1000)
  await produce(
    topic,
    Array.from({ length: 200 }, (_, i) => ({
      key: `k${i}`,
      value,
      partition: i % 2,
      timestamp: String(1_700_000_000_000 + i * 1000),
    })),
  )
  check('consume', 'reads all from the start', (await read(topic, 200)).length === 200)
  const offsets = await admin.fetchTopicOffsets(topic)
  check(
    'consume',
    'first and next offset are told',
    offsets.every(o => o.low === '0' && o.high === '100'),
  )
  const at = async time => {
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, time)
    return found.toSorted((a, b) => a.partition - b.partition).map(o => Number(o.offset))
  }
  check('consume', 'offsets by time', String(await at(1_700_000_100_500)) === '51,50')
  check(
    'consume',
    'a time after the last record is the end',
    String(await at(1_800_000_000_000)) === '100,100',
  )
  check('consume', 'a time before the first record is its offset', String(await at(1)) === '0,0')
  const late = await join('consume-late', [topic], { from: false })
  for (const [partition, offset] of [51, 50].entries())
    late.consumer.seek({ topic, partition, offset: String(offset) })
  const ofTime = () => late.records.length === 99 && late.records.every(r => Number(r.offset) >= 50)
  check('consume', 'reads from a time on', await until(ofTime), late.records.length)
  late.records.length = 0
  late.consumer.seek({ topic, partition: 0, offset: '42' })
  const back = () =>
    String(late.records.map(r => r.offset)) === String(Array.from({ length: 58 }, (_, i) => i + 42))
  check('consume', 'seeks back', await until(back))
  late.records.length = 0
  late.consumer.pause([{ topic, partitions: [0] }])
  const paused = { key: 'paused', value, partition: 0 }
  await produce(topic, [paused, { key: 'flows', value, partition: 1 }])
  await until(() => late.records.length > 0)
  check(
    'consume',
    'a paused partition waits, the other flows',
    String([...keys(late.records)]) === 'flows',
  )
  late.consumer.resume([{ topic, partitions: [0] }])
  check(
    'consume',
    'a resumed partition goes on',
    await until(() => keys(late.records).has('paused')),
  )
  await late.consumer.disconnect()
  const fresh = await join('consume-new', [topic], { from: false })
  await until(() => fresh.joins > 0)
  // What it fetches from is known when the first fetch has ended.
  await new Promise(resolve => fresh.consumer.on(fresh.consumer.events.FETCH, resolve))
  await produce(topic, [{ key: 'new', value, partition: 0 }])
  await until(() => fresh.records.length > 0)
  check(
    'consume',
    'from the end it reads only what is new',
    String([...keys(fresh.records)]) === 'new',
  )
  await fresh.consumer.disconnect()
  const small = await read(topic, 203, { maxBytes: 2000, maxBytesPerPartition: 2000 })
  check('consume', 'small fetch limits still read all', small.length === 203)
  const started = Date.now()
  const waiting = await read(topic, 203, { minBytes: 10_000_000, maxWaitTimeInMs: 500 })
  check(
    'consume',
    'minBytes waits no longer than maxWaitTimeInMs',
    waiting.length === 203 && Date.now() - started < 15_000,
  )
  const lost = await join('consume-lost', [topic])
  await until(() => lost.records.length >= 203)
  lost.records.length = 0
  lost.consumer.seek({ topic, partition: 0, offset: '99999' })
  check(
    'consume',
    'an offset out of range goes to the start',
    await until(() => lost.records[0]?.offset === '0'),
  )
  await lost.consumer.disconnect()
  const batches = []
  const whole = await join('consume-batches', [topic], {
    run: { eachBatch: async ({ batch }) => void batches.push(batch) },
  })
  await until(() => batches.reduce((count, b) => count + b.messages.length, 0) >= 203)
  check(
    'consume',
    'batches tell the high watermark',
    batches.length > 0 &&
      batches.every(b => b.highWatermark === (b.partition === 0 ? '102' : '101')),
  )
  await whole.consumer.disconnect()
}

async function commits() {
  const topic = await create('commits', 2)
  await produce(
    topic,
    Array.from({ length: 20 }, (_, i) => ({ key: String(i), value: 'v', partition: i % 2 })),
  )
  const groupId = 'commits'
  const offsets = async group => {
    const [found] = await coordinated(() => admin.fetchOffsets({ groupId: group, topics: [topic] }))
    return found.partitions.toSorted((a, b) => a.partition - b.partition).map(p => Number(p.offset))
  }
  check(
    'commits',
    'a group that never committed has no offset',
    String(await offsets(groupId)) === '-1,-1',
  )
  await coordinated(() =>
    admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '3' }] }),
  )
  check(
    'commits',
    'an offset is committed without being a member',
    String(await offsets(groupId)) === '3,-1',
  )
  const member = await join(groupId, [topic], { run: { autoCommit: false } })
  await until(() => places(member.records).size >= 17)
  const first = partition =>
    Math.min(...member.records.filter(r => r.partition === partition).map(r => Number(r.offset)))
  check(
    'commits',
    'reading begins at the committed offset, elsewhere at the start',
    places(member.records).size === 17 && first(0) === 3 && first(1) === 0,
  )
  await member.consumer.commitOffsets([
    { topic, partition: 0, offset: '10' },
    { topic, partition: 1, offset: '10', metadata: 'some metadata' },
  ])
  check('commits', 'a member commits in step', String(await offsets(groupId)) === '10,10')
  const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
  check(
    'commits',
    'metadata stands beside the offset',
    partitions.find(p => p.partition === 1).metadata === 'some metadata',
  )
  await member.consumer.commitOffsets([{ topic, partition: 1, offset: '1' }])
  check('commits', 'a member commits backwards too', String(await offsets(groupId)) === '10,1')
  await member.consumer.disconnect()
  const timed = await join('commits-timed', [topic], { run: { autoCommitInterval: 50 } })
  await until(() => places(timed.records).size >= 20)
  await produce(topic, [{ key: 'more', value: 'v', partition: 0 }])
  check(
    'commits',
    'offsets are committed by themselves, in time',
    await until(async () => String(await offsets('commits-timed')) === '11,10'),
  )
  await timed.consumer.disconnect()
  const counted = await join('commits-counted', [topic], { run: { autoCommitThreshold: 1 } })
  check(
    'commits',
    'and after so many records',
    await until(async () => String(await offsets('commits-counted')) === '11,10'),
  )
  await counted.consumer.disconnect()
}

/** Sends without a pause while the broker restarts: each record once, in order. */
async function idempotence() {
  await create('idempotent')
  const producer = patient.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const offsets = []
  let stop = false
  let count = 0
  const sending = (async () => {
    while (!stop) {
      const messages = Array.from({ length: 5 }, () => ({ value: String(count++) }))
      const [sent] = await producer.send({ topic: 'idempotent', messages, compression: codecs.lz4 })
      offsets.push(Number(sent.baseOffset))
    }
  })()
  sending.catch(() => {})
  await until(() => offsets.length > 50)
  console.log('restart')
  const lines = createInterface(process.stdin)
  await new Promise(resolve => lines.once('line', resolve))
  lines.close()
  const before = offsets.length
  await until(() => offsets.length > before + 50)
  stop = true
  const failure = await sending.catch(error => error)
  await producer.disconnect()
  check(
    'idempotence',
    'a producer that lives through a restart of the broker delivers all',
    failure === undefined,
    failure,
  )
  const got = (await read('idempotent', count)).map(record => Number(record.value))
  check(
    'idempotence',
    'each record is there once, in order',
    got.length === count && got.every((value, i) => value === i),
    `${got.length} of ${count}`,
  )
}

/** What phase `after` finds again. */
async function prepareRestart() {
  await create('survivor', 3, { 'retention.ms': 86_400_000 })
  await produce('survivor', numbered('before-', 300), { compression: codecs.zstd })
  const member = await join('survivor', ['survivor'])
  await until(() => keys(member.records).size >= 300)
  await until(async () => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: 'survivor', topics: ['survivor'] })
    return partitions.reduce((total, p) => total + Number(p.offset), 0) === 300
  })
  await member.consumer.disconnect()
}

async function restart() {
  check(
    'restart',
    'all records are there after a restart',
    keys(await read('survivor', 300)).size === 300,
  )
  const { topics } = await admin.fetchTopicMetadata({ topics: ['survivor'] })
  check('restart', 'the topic keeps its partitions', topics[0].partitions.length === 3)
  await produce('survivor', numbered('after-', 10))
  const member = await join('survivor', ['survivor'])
  await until(() => member.records.length >= 10)
  check(
    'restart',
    'a group goes on at its committed offsets',
    member.records.length === 10 &&
      [...keys(member.records)].every(key => key.startsWith('after-')),
  )
  await member.consumer.disconnect()
  const found = await admin.fetchTopicOffsetsByTimestamp('consume', 1_700_000_100_500)
  check(
    'restart',
    'offsets by time are found again',
    found.find(o => o.partition === 0).offset === '51',
  )
}

await admin.connect()
if (phase === 'before') {
  await runSections([
    ...groupSections,
    ['consume', 'consume', consume],
    ['commits', 'commits', commits],
    ['codecs', 'codecs', codecsAll],
    ['records', 'records', records],
    ['produce', 'acks', produceAcks],
    ['produce', 'large', produceLarge],
    ['admin', 'topics', adminTopics],
    ['admin', 'configs', adminConfigs],
    ['admin', 'groups', adminGroups],
    ['restart', 'prepare', prepareRestart],
  ])
  await runSections([['idempotence', 'idempotence', idempotence]])
} else await runSections([['restart', 'restart', restart]])
finish()
