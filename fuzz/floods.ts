/**
 * Much at once: large frames on many connections, answers that nobody reads, arrays of many elements, sizes that are
 * announced and never sent, thousands of connections. Each flood is sent, left alone for a while, and taken away.
 */
import { seededRandom, type Random } from '../packages/base/src/index.ts'
import { Apis, BatchBuilder, encodeRequest } from '../packages/protocol/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import type { Input, Pair } from './inputs.ts'
import { produce } from './produces.ts'
import type { Session } from './session.ts'
import type { Known } from './setup.ts'

/** How long a flood is left alone before its connections go. */
const LEFT_ALONE_MS = 1500
/** How long the answer to a request of many elements may take. */
const ANSWER_MS = 20_000

type Flood = (session: Session, known: Known, random: Random) => Promise<void>

/** Runs all floods, then again until `deadline`. */
export async function flood(
  session: Session,
  known: Known,
  seed: string,
  deadline: number,
): Promise<void> {
  for (let round = 0; round === 0 || Date.now() < deadline; round++)
    for (const [name, run] of Object.entries(floods)) {
      if (session.target.hasEnded || (round > 0 && Date.now() >= deadline)) return
      const before = session.target.maxMemoryMb
      await run(session, known, seededRandom(`${seed}/${name}/${round}`))
      const after = session.target.maxMemoryMb
      if (after > before) session.note(`memory rose from ${before} to ${after} MB by: ${name}`)
    }
}

const floods: Readonly<Record<string, Flood>> = {
  'large produces, answers not read': (session, known, random) => {
    const frames = Array.from({ length: 24 }, () => largeProduce(known, random))
    return pour(session, 24, frames, false)
  },

  'frames announced and never whole': session => {
    const start = Buffer.alloc(1_000_000)
    start.writeInt32BE(100_000_000, 0)
    start.writeInt16BE(9, 6)
    return pour(session, 60, [input('announced 100 MB', start)], true)
  },

  'metadata, answers not read': session => {
    const frame = encoded(Apis.Metadata, 12, {
      topics: null,
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: false,
    })
    return pour(session, 50, Array(300).fill(frame), false)
  },

  'config descriptions, answers not read': session => {
    const frame = encoded(Apis.DescribeConfigs, 4, {
      resources: [
        { resourceType: 4, resourceName: '1', configurationKeys: null },
        ...Array.from({ length: 20 }, () => ({
          resourceType: 2,
          resourceName: 'orders',
          configurationKeys: null,
        })),
      ],
      includeSynonyms: true,
      includeDocumentation: true,
    })
    return pour(session, 20, Array(60).fill(frame), false)
  },

  'fetches of much, answers not read': (session, known) => {
    const partitions = Array.from({ length: 3 }, (_, partition) => ({
      partition,
      fetchOffset: 0,
      partitionMaxBytes: 50_000_000,
    }))
    const frame = encoded(Apis.Fetch, 11, {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 50_000_000,
      forgottenTopicsData: [],
      topics: known.topics.map(topic => ({ topic, partitions })),
    })
    return pour(session, 30, Array(30).fill(frame), false)
  },

  'requests of many elements': async (session, known, random) => {
    for (const one of largeRequests(known, random)) await alone(session, one)
  },

  connections: async session => {
    const open = await Promise.allSettled(
      Array.from({ length: 800 }, () => RawConnection.open(session.target.port)),
    )
    for (const [i, result] of open.entries())
      if (result.status === 'fulfilled') result.value.send(Buffer.alloc(1 + (i % 9)))
    await pause(LEFT_ALONE_MS)
    for (const result of open) if (result.status === 'fulfilled') result.value.destroy()
  },
}

/** The same frames on many connections; whether the answers are read. */
async function pour(
  session: Session,
  connections: number,
  frames: readonly Input[],
  isRead: boolean,
): Promise<void> {
  const open = await Promise.all(
    Array.from({ length: connections }, () => RawConnection.open(session.target.port)),
  )
  for (const connection of open) {
    if (!isRead) connection.pause()
    for (const frame of frames) {
      session.sent(frame)
      connection.send(frame.bytes)
    }
  }
  await pause(LEFT_ALONE_MS)
  for (const connection of open) connection.destroy()
  session.ended(frames)
  await pause(100)
}

/** One request on a connection of its own. */
async function alone(session: Session, one: Input): Promise<void> {
  if (session.target.hasEnded) return
  const connection = await RawConnection.open(session.target.port)
  // The first request of a connection must be small.
  connection.send(encoded(Apis.ApiVersions, 0, {}).bytes)
  await connection.next(ANSWER_MS)
  await session.execute(connection, one, ANSWER_MS)
  connection.destroy()
}

/** Requests whose arrays are as long as a frame of a few megabytes allows. */
function* largeRequests(known: Known, random: Random): Generator<Input> {
  const many = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i))
  const suffix = random.below(1_000_000)
  yield encoded(Apis.Metadata, 12, {
    topics: many(100_000, i => ({ name: `t${i}` })),
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  })
  yield encoded(Apis.Metadata, 12, {
    topics: many(50_000, () => ({ name: 'orders' })),
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  })
  yield encoded(Apis.OffsetFetch, 7, {
    groupId: 'g1',
    topics: many(300, i => ({ name: `t${i}`, partitionIndexes: many(1000, at => at) })),
  })
  yield encoded(Apis.OffsetCommit, 8, {
    groupId: `many-${suffix}`,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: many(20, () => ({
      name: 'orders',
      partitions: many(1000, at => ({
        partitionIndex: at % 3,
        committedOffset: at,
        committedMetadata: '',
      })),
    })),
  })
  yield encoded(Apis.ListOffsets, 6, {
    replicaId: -1,
    isolationLevel: 0,
    topics: many(200, () => ({
      name: 'orders',
      partitions: many(500, at => ({ partitionIndex: at % 3, timestamp: -1 - (at % 2) })),
    })),
  })
  yield encoded(Apis.Fetch, 11, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1 << 20,
    forgottenTopicsData: [],
    topics: many(200, () => ({
      topic: 'orders',
      partitions: many(500, at => ({
        partition: at,
        fetchOffset: 0,
        partitionMaxBytes: 1,
      })),
    })),
  })
  for (const validateOnly of [true, false])
    yield encoded(Apis.CreateTopics, 7, {
      topics: many(validateOnly ? 10_000 : 500, i => newTopic(`flood-${suffix}-${i}`, 1)),
      timeoutMs: 30_000,
      validateOnly,
    })
  yield encoded(Apis.CreateTopics, 7, {
    topics: [newTopic(`wide-${suffix}`, 2000)],
    timeoutMs: 30_000,
    validateOnly: false,
  })
  yield encoded(Apis.CreatePartitions, 3, {
    topics: [{ name: `wide-${suffix}`, count: 2500, assignments: null }],
    timeoutMs: 30_000,
    validateOnly: false,
  })
  yield encoded(Apis.DescribeConfigs, 4, {
    resources: many(2000, () => ({
      resourceType: 2,
      resourceName: 'orders',
      configurationKeys: null,
    })),
  })
  yield encoded(Apis.IncrementalAlterConfigs, 1, {
    resources: many(2000, i => ({
      resourceType: 2,
      resourceName: `flood-${suffix}-${i % 500}`,
      configs: [{ name: 'retention.ms', configOperation: 0, value: String(100_000 + i) }],
    })),
    validateOnly: false,
  })
  yield encoded(Apis.DescribeGroups, 5, { groups: many(100_000, i => `g${i}`) })
  yield encoded(Apis.FindCoordinator, 4, {
    keyType: 0,
    coordinatorKeys: many(100_000, i => `g${i}`),
  })
  yield encoded(Apis.DeleteGroups, 2, { groupsNames: many(50_000, i => `g${i}`) })
  yield encoded(Apis.DeleteRecords, 2, {
    topics: many(100, () => ({
      name: 'payments',
      partitions: many(500, at => ({ partitionIndex: at, offset: 0 })),
    })),
    timeoutMs: 1000,
  })
  yield encoded(Apis.DescribeProducers, 0, {
    topics: many(100, () => ({ name: 'orders', partitionIndexes: many(500, at => at % 3) })),
  })
  yield encoded(Apis.OffsetForLeaderEpoch, 4, {
    replicaId: -1,
    topics: many(100, () => ({
      topic: 'orders',
      partitions: many(500, at => ({ partition: at % 3, leaderEpoch: 0 })),
    })),
  })
  yield encoded(Apis.DescribeTopicPartitions, 0, {
    topics: many(50_000, () => ({ name: 'orders' })),
    responsePartitionLimit: 2000,
    cursor: null,
  })
  yield encoded(Apis.JoinGroup, 5, {
    groupId: `wide-${suffix}`,
    sessionTimeoutMs: 6000,
    rebalanceTimeoutMs: 1000,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocols: many(20_000, i => ({ name: `p${i}`, metadata: Buffer.alloc(40) })),
  })
  yield encoded(Apis.DeleteTopics, 5, {
    topicNames: [`wide-${suffix}`, ...many(500, i => `flood-${suffix}-${i}`)],
    timeoutMs: 30_000,
  })
  yield input('large', produceOfMany(known))
}

function newTopic(name: string, numPartitions: number) {
  return { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
}

/** A Produce to 20,000 partitions, most of which do not exist. */
function produceOfMany(known: Known): Buffer {
  const builder = new BatchBuilder({})
  builder.append({ timestamp: 1.7e12, key: null, value: null })
  const records = builder.build()
  return encodeRequest(
    Apis.Produce,
    9,
    { correlationId: 7, clientId: 'fuzz' },
    {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1000,
      topicData: Array.from({ length: 20 }, () => ({
        name: known.topics[0] ?? '',
        partitionData: Array.from({ length: 1000 }, (_, index) => ({ index, records })),
      })),
    },
  )
}

function largeProduce(known: Known, random: Random): Input {
  const builder = new BatchBuilder({})
  builder.append({ timestamp: 1.7e12, key: null, value: random.bytes(1_000_000) })
  const topic = known.topics[random.below(known.topics.length)] ?? ''
  return produce('flood', '1 MB', topic, 0, builder.build())
}

function encoded<A extends Pair['api']>(
  api: A,
  version: number,
  body: Parameters<A['request']['encode']>[0],
): Input {
  const sender = { correlationId: 7, clientId: 'fuzz' }
  return input(`${api.name} v${version}`, encodeRequest(api, version, sender, body as never))
}

function input(name: string, bytes: Buffer): Input {
  return { kind: 'flood', name, bytes, pair: undefined, mayBeSilent: false }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
