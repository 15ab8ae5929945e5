/**
 * Files of the data folder, damaged: segments, indexes, checkpoints, snapshots, the metadata log. A broker in this
 * process, over files in memory, is started on them. It must start, or refuse in a sentence; what it then serves from
 * a partition must be records that were written, at their offsets, or bytes that their checksum shows as damaged.
 */
import { seededRandom, silentLogger, type Random } from '../packages/base/src/index.ts'
import { Broker, parseServerProperties } from '../packages/broker/src/index.ts'
import { memoryFiles, nodeWorld, type World } from '../packages/io/src/index.ts'
import { Apis, batch, BatchBuilder, readBatches } from '../packages/protocol/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { mutate, pick } from './mutation.ts'
import type { Session } from './session.ts'
import type { Known } from './setup.ts'

type Files = World['files']

const ROOT = '/data'
const TOPIC = 'files'
const BATCHES = 40
/** A start and a read of damaged files may take this long. */
const DEADLINE_MS = 10_000

/** A folder as it was: bytes by path. */
type Image = ReadonlyMap<string, Buffer>
/** Batches by base offset. */
type Written = ReadonlyMap<number, Buffer>

/** Starts brokers on damaged folders until `deadline`. */
export async function fuzzLogFiles(
  session: Session,
  _known: Known,
  seed: string,
  deadline: number,
): Promise<void> {
  const random = seededRandom(`${seed}/files`)
  const images = [await imageOf('clean'), await imageOf('killed')]
  for (let i = 0; i < images.length || Date.now() < deadline; i++) {
    const { image, written } = pick(images, random)
    const damagedPath = pick([...image.keys()], random)
    const original = image.get(damagedPath) ?? Buffer.alloc(0)
    const damaged = mutate(original, random)
    await judge(session, { image, written, damagedPath, damaged }, random)
  }
}

interface Case {
  readonly image: Image
  readonly written: Written
  readonly damagedPath: string
  readonly damaged: Buffer
}

async function judge(session: Session, one: Case, random: Random): Promise<void> {
  const { image, written, damagedPath, damaged } = one
  session.counts.execs++
  session.counts.kinds.set('file', (session.counts.kinds.get('file') ?? 0) + 1)
  const subject = `${damagedPath} (${damaged.length} of ${image.get(damagedPath)?.length} bytes)`
  const files = memoryFiles()
  restore(files, image)
  write(files, damagedPath, damaged)
  const begun = Date.now()
  try {
    const problem = await tryOut(files, written, random)
    if (problem !== undefined) session.fail('files', `${subject}: ${problem}`, damaged)
  } catch (error) {
    // A refusal is a sentence; what JavaScript throws by itself is none.
    const isBug = error instanceof TypeError || error instanceof RangeError
    if (isBug) session.fail('files', `${subject}: ${error.stack ?? String(error)}`, damaged)
  }
  const took = Date.now() - begun
  if (took > DEADLINE_MS) session.fail('files', `${subject}: took ${took} ms`, damaged)
}

/** Starts a broker on the files and reads the topic; what is wrong with what it serves. */
async function tryOut(files: Files, written: Written, random: Random): Promise<string | undefined> {
  const broker = await start(files)
  try {
    const connection = await RawConnection.open(broker.port)
    let offset = random.fraction() < 0.5 ? 0 : random.below(2 * BATCHES)
    let problem: string | undefined
    for (let i = 0; i < 2 * BATCHES && problem === undefined; i++) {
      const records = await read(connection, offset)
      if (records === undefined || records.length === 0) break
      const checked = check(records, written, offset)
      if (typeof checked === 'string') problem = checked
      else if (checked <= offset) break
      else offset = checked
    }
    connection.destroy()
    return problem
  } finally {
    await broker.stop()
  }
}

/** The offset behind the records, or what is wrong with them. */
function check(records: Buffer, written: Written, offset: number): number | string {
  let next = offset
  for (const { buffer, at, end } of readBatches(records)) {
    if (!batch.isCrcValid(buffer, at)) return next
    const base = batch.baseOffset(buffer, at)
    const original = written.get(base)
    if (original === undefined) return `a batch at offset ${base}, where none was written`
    // From the checksum on: the leader epoch before it is the broker's.
    if (!buffer.subarray(at + 17, end).equals(original.subarray(17)))
      return `another batch at offset ${base} than was written`
    next = batch.lastOffset(buffer, at) + 1
  }
  return next
}

/** The folder of a broker that wrote a topic, and was stopped or killed. */
async function imageOf(ending: 'clean' | 'killed'): Promise<{ image: Image; written: Written }> {
  const files = memoryFiles()
  const broker = await start(files)
  const connection = await RawConnection.open(broker.port)
  await connection.request(Apis.CreateTopics, 7, {
    topics: [
      {
        name: TOPIC,
        numPartitions: 1,
        replicationFactor: 1,
        assignments: [],
        configs: [
          { name: 'segment.bytes', value: String(1024 * 1024) },
          { name: 'index.interval.bytes', value: '1000' },
        ],
      },
    ],
    timeoutMs: 10_000,
    validateOnly: false,
  })
  const { producerId } = await connection.request(Apis.InitProducerId, 4, {
    transactionalId: null,
    transactionTimeoutMs: 1000,
  })
  for (let i = 0; i < BATCHES; i++) await append(connection, producerId, i)
  const written = new Map<number, Buffer>()
  for (let offset = 0; ;) {
    const records = await read(connection, offset)
    if (records === undefined || records.length === 0) break
    for (const { buffer, at, end } of readBatches(records)) {
      written.set(batch.baseOffset(buffer, at), Buffer.from(buffer.subarray(at, end)))
      offset = batch.lastOffset(buffer, at) + 1
    }
  }
  connection.destroy()
  const killed = snapshot(files)
  await broker.stop()
  return { image: ending === 'killed' ? killed : snapshot(files), written }
}

async function append(connection: RawConnection, producerId: number, i: number): Promise<void> {
  const builder = new BatchBuilder({ producerId, producerEpoch: 0, baseSequence: 2 * i })
  for (const value of [`${i}/a`, `${i}/b`])
    builder.append({
      timestamp: 1_700_000_000_000 + i,
      key: null,
      value: Buffer.alloc(i % 4 === 0 ? 60_000 : 900, value),
    })
  await connection.request(Apis.Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: TOPIC, partitionData: [{ index: 0, records: builder.build() }] }],
  })
}

/** Records from an offset on; undefined where the broker refuses. */
async function read(connection: RawConnection, fetchOffset: number): Promise<Buffer | undefined> {
  const answer = await connection.request(Apis.Fetch, 11, {
    maxWaitMs: 0,
    minBytes: 0,
    topics: [
      { topic: TOPIC, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 300_000 }] },
    ],
    forgottenTopicsData: [],
  })
  const partition = answer.responses[0]?.partitions[0]
  return partition?.errorCode === 0 ? (partition.records ?? undefined) : undefined
}

function start(files: Files): Promise<Broker> {
  const properties = new Map([
    ['listeners', 'PLAINTEXT://localhost:0'],
    ['log.dirs', ROOT],
    ['log.flush.policy', 'os'],
  ])
  return Broker.start({
    world: { ...nodeWorld(), files },
    settings: parseServerProperties(properties),
    logger: silentLogger,
  })
}

function snapshot(files: Files, folder = ROOT, into = new Map<string, Buffer>()): Image {
  for (const { name, isDirectory } of files.list(folder)) {
    const path = `${folder}/${name}`
    if (isDirectory) snapshot(files, path, into)
    else into.set(path, Buffer.from(files.readAll(path)))
  }
  return into
}

function restore(files: Files, image: Image): void {
  for (const [path, content] of image) write(files, path, content)
}

function write(files: Files, path: string, content: Buffer): void {
  files.makeDirectory(path.slice(0, path.lastIndexOf('/')))
  const file = files.open(path, 'create')
  file.truncate(0)
  file.write(content, 0)
  file.close()
}
