/** What the fuzzer puts into the broker first, so that its requests name things that exist: topics, producers, a group. */
import {
  Apis,
  ResponseHeader,
  responseHeaderVersion,
  type ApiRow,
  type Fields,
  type StructOf,
} from '../packages/protocol/src/index.ts'
import { Reader } from '../packages/base/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'

/** Names and numbers that exist in the broker. */
export interface Known {
  readonly topics: readonly string[]
  readonly topicIds: readonly string[]
  readonly producerIds: readonly number[]
  readonly memberId: string
  readonly generation: number
}

/** What the witness writes to; no fuzzed request names it. */
export const WITNESS_TOPIC = 'witness'
const topics = [
  ['orders', 3],
  ['payments', 1],
  ['a-name.of_a.topic', 2],
  [WITNESS_TOPIC, 1],
] as const

/** The body of an answer. @throws DecodeError, also for bytes that are left */
export function decodeAnswer<Request extends Fields, Response extends Fields>(
  api: ApiRow<Request, Response>,
  version: number,
  frame: Buffer,
): StructOf<Response> {
  const reader = new Reader(frame)
  ResponseHeader.read(reader, responseHeaderVersion(api, version))
  return api.response.decode(frame.subarray(reader.offset), version)
}

/** Fills the broker on `port`. */
export async function fill(port: number): Promise<Known> {
  const connection = await RawConnection.open(port)
  await createTopics(connection)
  const known = await knownOf(connection)
  connection.destroy()
  return known
}

/** Makes the topics that are not there. */
export async function createTopics(connection: RawConnection): Promise<void> {
  await connection.request(Apis.CreateTopics, 7, {
    topics: topics.map(([name, numPartitions]) => ({
      name,
      numPartitions,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    })),
    timeoutMs: 30_000,
    validateOnly: false,
  })
}

async function knownOf(connection: RawConnection): Promise<Known> {
  const metadata = await connection.request(Apis.Metadata, 12, {
    topics: null,
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  })
  const producerIds: number[] = []
  for (let i = 0; i < 3; i++) {
    const { producerId } = await connection.request(Apis.InitProducerId, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1000,
    })
    producerIds.push(producerId)
  }
  const { memberId, generation } = await join(connection)
  const others = metadata.topics.filter(({ name }) => name !== WITNESS_TOPIC)
  return {
    topics: others.map(({ name }) => name ?? ''),
    topicIds: others.map(({ topicId }) => topicId),
    producerIds,
    memberId,
    generation,
  }
}

async function join(connection: RawConnection): Promise<{ memberId: string; generation: number }> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { coordinators } = await connection.request(Apis.FindCoordinator, 4, {
      keyType: 0,
      coordinatorKeys: ['g1'],
    })
    if (coordinators[0]?.errorCode === 0) break
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  let memberId = ''
  let generation = -1
  for (let attempt = 0; attempt < 20 && generation < 0; attempt++) {
    const answer = await connection.request(Apis.JoinGroup, 5, {
      groupId: 'g1',
      sessionTimeoutMs: 300_000,
      rebalanceTimeoutMs: 5000,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('00010000000000000000', 'hex') }],
    })
    memberId = answer.memberId
    generation = answer.generationId
    if (generation < 0) await new Promise(resolve => setTimeout(resolve, 100))
  }
  return { memberId, generation }
}
