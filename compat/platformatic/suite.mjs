// @platformatic/kafka: see ../README.md for the phases.
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import {
  Consumer,
  ListOffsetTimestamps,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
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
import { admin, common, create, describeTopic, join, offsetsOf, produce, read } from './harness.mjs'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const bytes = {
  key: data => data,
  value: data => data,
  headerKey: data => data,
  headerValue: data => data,
}

async function produceAcks() {
  await create('acks', 3)
  for (const acks of [1, -1]) await produce('acks', numbered(`acks-${acks}-`, 50), { acks })
  // A connection that closes at once may take requests without an answer with it, under Kafka too.
  const silent = new Producer({ ...common, serializers: stringSerializers })
  await silent.send({ acks: 0, messages: numbered('acks-0-', 50, { topic: 'acks' }) })
  const got = [...keys(await read('acks', 150))]
  await silent.close()
  for (const acks of [0, 1, -1])
    check(
      'produce',
      `acks=${acks === -1 ? 'all' : acks}: 50 records arrive`,
      got.filter(key => key.startsWith(`acks-${acks}-`)).length === 50,
    )
  const { offsets } = await produce('acks', [{ key: 'k', value: 'v', partition: 2 }])
  check(
    'produce',
    'a record goes to the partition it names and its offset comes back',
    offsets[0].partition === 2 && offsets[0].offset >= 0n,
  )
  const same = await produce(
    'acks',
    Array.from({ length: 10 }, () => ({ key: 'same', value: 'v' })),
  )
  check('produce', 'records of one key go to one partition', same.offsets.length === 1)
  await produce('made-by-first-record', numbered('auto-', 3), { autocreateTopics: true })
  check(
    'produce',
    'the first record makes the topic',
    (await read('made-by-first-record', 3)).length === 3,
  )
  await create('batch-a')
  await create('batch-b')
  await produce('batch-a', [...numbered('x', 5), ...numbered('x', 5, { topic: 'batch-b' })])
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
  const raw = { serializers: bytes }
  const plain = { deserializers: bytes }
  await produce('large', [{ value: payload.subarray(0, 900_000) }], raw)
  const [large] = await read('large', 1, plain)
  check(
    'produce',
    'a record of 900 KB arrives whole',
    large.value.equals(payload.subarray(0, 900_000)),
  )
  await refused(
    'produce',
    'a record above the limit of the broker is refused',
    () => produce('large', [{ value: payload.subarray(0, 1_200_000) }], raw),
    'MESSAGE_TOO_LARGE',
  )
  await produce('larger', [{ value: payload }], raw)
  const [larger] = await read('larger', 1, plain)
  check(
    'produce',
    'a record of 4 MB arrives whole where the topic allows it',
    larger.value.equals(payload),
  )
  const [again] = await read('larger', 1, {
    ...plain,
    maxBytes: 100_000,
    maxBytesPerPartition: 50_000,
  })
  check(
    'consume',
    'a record larger than the fetch limits is read all the same',
    again.value.equals(payload),
  )
}

async function codecsAll() {
  await create('codecs', 3)
  for (const compression of codecs)
    await produce('codecs', numbered(`${compression}-`, 100, { headers: { codec: compression } }), {
      compression,
    })
  const records = await read('codecs', 500)
  for (const name of codecs) {
    const mine = records.filter(record => record.headers.get('codec') === name)
    check(
      'codecs',
      `${name}: 100 records come back`,
      keys(mine).size === 100 && mine.every(r => r.value === `value-${r.key}`),
    )
  }
  for (const name of codecs.slice(1)) {
    const topic = await create(`codec-of-topic-${name}`, 1, { 'compression.type': name })
    await produce(topic, numbered('a', 100), { compression: name === 'gzip' ? 'lz4' : 'gzip' })
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
  const many = new Map(
    Array.from({ length: 100 }, (_, i) => [Buffer.from(`h${i}`), Buffer.from(String(i))]),
  )
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const doubled = new Map([
    [Buffer.from('a'), Buffer.from('1')],
    [Buffer.from('b'), Buffer.alloc(0)],
    [Buffer.from('a'), Buffer.from('2')],
  ])
  const value = Buffer.from('v')
  await produce(
    'records',
    [
      { key: Buffer.from('headers'), value, headers: doubled },
      { value: Buffer.from('null key') },
      { key: Buffer.from('tombstone') },
      { key: all, value: Buffer.from('žluťoučký') },
      { key: Buffer.from('many'), value, headers: many },
    ],
    { serializers: bytes },
  )
  // A batch of its own: this client rounds the distance between timestamps of one batch.
  const old = { key: Buffer.from('old'), value, timestamp: 1_000_000_000_000n }
  await produce('records', [old], { serializers: bytes })
  const got = await read('records', 6, { deserializers: bytes })
  const [headers, nullKey, tombstone, binary, manyHeaders, oldRecord] = got
  const text = headers.headerEntries.map(([key, value]) => `${key}=${value}`).join()
  check(
    'records',
    'headers keep their order, doubled keys and empty values',
    text === 'a=1,b=,a=2',
    text,
  )
  check(
    'records',
    'a null key stays null',
    nullKey.key == null && String(nullKey.value) === 'null key',
    nullKey.key,
  )
  check(
    'records',
    'a tombstone stays null',
    String(tombstone.key) === 'tombstone' && tombstone.value == null,
    tombstone.value,
  )
  check(
    'records',
    'keys and values are any bytes',
    binary.key.equals(all) && String(binary.value) === 'žluťoučký',
  )
  check(
    'records',
    'a given timestamp is kept',
    oldRecord.timestamp === old.timestamp,
    oldRecord.timestamp,
  )
  check('records', 'a hundred headers', manyHeaders.headerEntries.length === 100)
  check(
    'records',
    'offsets count up from zero',
    got.every((record, i) => record.offset === BigInt(i)),
  )
  const before = BigInt(Date.now())
  await produce('append-time', [{ value: 'v', timestamp: 1_000_000_000_000n }])
  const consumer = new Consumer({ ...common, groupId: 'append-time' })
  const listed = await consumer.listOffsetsWithTimestamps({
    topics: ['append-time'],
    timestamp: before,
  })
  check(
    'records',
    "LogAppendTime is the broker's",
    listed.get('append-time').get(0).timestamp >= before,
  )
  await consumer.close(true)
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
      timestamp: BigInt(1_700_000_000_000 + i * 1000),
    })),
  )
  check('consume', 'reads all from the start', (await read(topic, 200)).length === 200)
  const consumer = new Consumer({ ...common, groupId: 'consume-offsets' })
  const list = async timestamp =>
    String((await consumer.listOffsets({ topics: [topic], timestamp })).get(topic))
  check(
    'consume',
    'first and next offset are told',
    (await list(ListOffsetTimestamps.EARLIEST)) === '0,0' &&
      (await list(ListOffsetTimestamps.LATEST)) === '100,100',
  )
  check('consume', 'offsets by time', (await list(1_700_000_100_500n)) === '51,50')
  check(
    'consume',
    'a time after the last record has no offset',
    (await list(1_800_000_000_000n)) === '-1,-1',
  )
  check('consume', 'a time before the first record is its offset', (await list(1n)) === '0,0')
  await consumer.close(true)
  const from = (zero, one) => ({
    stream: {
      mode: MessagesStreamModes.MANUAL,
      offsets: [
        { topic, partition: 0, offset: zero },
        { topic, partition: 1, offset: one },
      ],
    },
  })
  const late = await read(topic, 99, from(51n, 50n))
  check(
    'consume',
    'reads from a time on',
    late.length === 99 && late.every(r => r.timestamp >= 1_700_000_100_500n),
  )
  const single = await read(topic, 58, from(42n, 100n))
  check('consume', 'begins at an offset', single.length === 58 && single[0].offset === 42n)
  const fresh = await join('consume-new', [topic], { stream: { mode: MessagesStreamModes.LATEST } })
  await until(() => fresh.stream.offsetsToFetch?.size >= 2)
  await produce(topic, [{ key: 'new', value, partition: 0 }])
  await until(() => fresh.records.length > 0)
  check(
    'consume',
    'from the end it reads only what is new',
    String([...keys(fresh.records)]) === 'new',
    [...keys(fresh.records)],
  )
  const lag = async () => (await fresh.consumer.getLag({ topics: [topic] })).get(topic)
  const none = async () => (await lag()).every(n => n <= 0n)
  check('consume', 'tells its lag', await until(none), await lag())
  await fresh.consumer.close(true)
  const small = await read(topic, 201, { maxBytes: 2000, maxBytesPerPartition: 2000 })
  check('consume', 'small fetch limits still read all', small.length === 201)
  const started = Date.now()
  const waiting = await read(topic, 201, { minBytes: 10_000_000, maxWaitTime: 500 })
  check(
    'consume',
    'minBytes waits no longer than maxWaitTime',
    waiting.length === 201 && Date.now() - started < 15_000,
  )
  const committed = await read(topic, 201, { isolationLevel: 1 })
  check('consume', 'read_committed reads all that is in no transaction', committed.length === 201)
  const lost = await read(topic, 1, from(99_999n, 101n))
  check(
    'consume',
    'an offset out of range goes to the start',
    lost[0].offset === 0n,
    lost[0].offset,
  )
}

async function commits() {
  const topic = await create('commits', 2)
  await produce(
    topic,
    Array.from({ length: 20 }, (_, i) => ({ key: String(i), value: 'v', partition: i % 2 })),
  )
  const offsets = async group => String(await offsetsOf(group, topic, 2))
  check(
    'commits',
    'a group that never committed has no offset',
    (await offsets('commits')) === '-1,-1',
  )
  await admin.alterConsumerGroupOffsets({
    groupId: 'commits',
    topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 3n }] }],
  })
  check(
    'commits',
    'an offset is committed without being a member',
    (await offsets('commits')) === '3,-1',
  )
  const member = await join('commits', [topic], { stream: { autocommit: false } })
  await until(() => places(member.records).size >= 17)
  check(
    'commits',
    'reading begins at the committed offset, elsewhere at the start',
    places(member.records).size === 17 && !places(member.records).has('0:2'),
  )
  await member.consumer.commit({
    offsets: [0, 1].map(partition => ({ topic, partition, offset: 10n, leaderEpoch: 0 })),
  })
  check(
    'commits',
    'a member commits in step',
    (await offsets('commits')) === '10,10',
    await offsets('commits'),
  )
  const first = member.records.find(r => r.partition === 1)
  await first.commit()
  check(
    'commits',
    'a member commits one message, backwards too',
    (await offsets('commits')) === '10,1',
    await offsets('commits'),
  )
  const found = await member.consumer.listCommittedOffsets({
    topics: [{ topic, partitions: [0, 1] }],
  })
  check('commits', 'a member asks for what is committed', String(found.get(topic)) === '10,1')
  await member.consumer.close(true)
  const timed = await join('commits-timed', [topic])
  check(
    'commits',
    'offsets are committed by themselves, in time',
    await until(async () => (await offsets('commits-timed')) === '10,10'),
  )
  await produce(topic, [{ key: 'last', value: 'v', partition: 0 }])
  await until(() => places(timed.records).size >= 21)
  await until(async () => (await offsets('commits-timed')) === '11,10')
  await timed.consumer.close(true)
  check('commits', 'and stay when a member has left', (await offsets('commits-timed')) === '11,10')
}

/** Sends without a pause while the broker restarts: each record once, in order. */
async function idempotence() {
  await create('idempotent')
  const producer = new Producer({
    ...common,
    serializers: stringSerializers,
    idempotent: true,
    retries: 2000,
    retryDelay: 50,
  })
  const offsets = []
  let stop = false
  let count = 0
  const sending = (async () => {
    while (!stop) {
      const messages = Array.from({ length: 5 }, () => ({
        topic: 'idempotent',
        partition: 0,
        value: String(count++),
      }))
      const sent = await producer.send({ messages, acks: -1, compression: 'lz4' })
      offsets.push(sent.offsets[0].offset)
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
  await producer.close()
  check(
    'idempotence',
    'a producer that lives through a restart of the broker delivers all',
    failure === undefined,
    failure?.message,
  )
  const got = (await read('idempotent', count)).map(record => Number(record.value))
  check(
    'idempotence',
    'each record is there once, in order',
    got.length === count && got.every((value, i) => value === i),
    `${got.length} of ${count}`,
  )
}

/**
 * Asks for offsets of so many groups that each partition of the offsets topic has answered: this client keeps asking
 * the coordinator that it found first, also while a new broker is still loading its groups.
 */
async function warmUp() {
  await create('warm')
  for (let i = 0; i < 200; i++)
    await until(() =>
      offsetsOf(`warm-${i}`, 'warm', 1).then(
        () => true,
        () => false,
      ),
    )
}

/** What phase `after` finds again. */
async function prepareRestart() {
  await create('survivor', 3, { 'retention.ms': 86_400_000 })
  await produce('survivor', numbered('before-', 300), { compression: 'zstd' })
  const member = await join('survivor', ['survivor'])
  await until(
    async () => (await offsetsOf('survivor', 'survivor', 3)).reduce((a, b) => a + b, 0) === 300,
  )
  await member.consumer.close(true)
}

async function restart() {
  check(
    'restart',
    'all records are there after a restart',
    keys(await read('survivor', 300)).size === 300,
  )
  check(
    'restart',
    'the topic keeps its partitions',
    (await describeTopic('survivor')).partitions.length === 3,
  )
  await produce('survivor', numbered('after-', 10))
  const member = await join('survivor', ['survivor'])
  await until(() => member.records.length >= 10)
  check(
    'restart',
    'a group goes on at its committed offsets',
    member.records.length === 10 &&
      [...keys(member.records)].every(key => key.startsWith('after-')),
  )
  await member.consumer.close(true)
  const consumer = new Consumer({
    ...common,
    groupId: 'after-offsets',
    deserializers: stringDeserializers,
  })
  const found = await consumer.listOffsets({ topics: ['consume'], timestamp: 1_700_000_100_500n })
  check('restart', 'offsets by time are found again', found.get('consume')[0] === 51n)
  await consumer.close(true)
}

if (phase === 'before') {
  await warmUp()
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
