/**
 * Requests that belong together, one of them damaged: a member's life in a group, a fetch session, an idempotent
 * producer, the opening of a connection, the life of a topic. What comes after the damaged step is asked as if nothing
 * had happened, with what the answers told.
 */
import { seededRandom, type Random } from '../packages/base/src/index.ts'
import type { Api } from '../packages/protocol/src/apis.ts'
import { Apis, BatchBuilder, encodeRequest } from '../packages/protocol/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { Inputs, type Input } from './inputs.ts'
import type { Session } from './session.ts'
import { decodeAnswer, type Known } from './setup.ts'

const WORKERS = 4

/** What the answers told so far. */
interface State {
  readonly suffix: number
  memberId: string
  generation: number
  sessionId: number
  producerId: number
}

interface Step {
  readonly api: Api
  readonly version: number
  readonly body: (state: State) => object
  /** Takes from the answer what later steps need. */
  readonly learn?: (state: State, answer: Record<string, unknown>) => void
}

/** Keeps the types of a step in line. */
function step<A extends Api>(
  api: A,
  version: number,
  body: (state: State) => Parameters<A['request']['encode']>[0],
  learn?: (state: State, answer: ReturnType<A['response']['decode']>) => void,
): Step {
  return { api, version, body, ...(learn !== undefined && { learn: learn as never }) }
}

const joining = (state: State) => ({
  groupId: `sequence-${state.suffix % 20}`,
  sessionTimeoutMs: 6000,
  rebalanceTimeoutMs: 300,
  memberId: state.memberId,
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('00010000000000000000', 'hex') }],
})
const join = step(Apis.JoinGroup, 5, joining, (state, { memberId, generationId }) => {
  state.memberId = memberId
  state.generation = generationId
})
const member = (state: State) => ({
  groupId: `sequence-${state.suffix % 20}`,
  memberId: state.memberId,
  groupInstanceId: null,
})
const commit = step(Apis.OffsetCommit, 7, state => ({
  ...member(state),
  generationIdOrMemberEpoch: state.generation,
  topics: [
    {
      name: 'orders',
      partitions: [{ partitionIndex: 0, committedOffset: 7, committedMetadata: 'x' }],
    },
  ],
}))

const group: readonly Step[] = [
  step(Apis.FindCoordinator, 4, ({ suffix }) => ({
    keyType: 0,
    coordinatorKeys: [`sequence-${suffix % 20}`],
  })),
  join,
  join,
  step(Apis.SyncGroup, 3, state => ({
    ...member(state),
    generationId: state.generation,
    assignments: [{ memberId: state.memberId, assignment: Buffer.alloc(20) }],
  })),
  step(Apis.Heartbeat, 3, state => ({ ...member(state), generationId: state.generation })),
  commit,
  step(Apis.OffsetFetch, 5, ({ suffix }) => ({ groupId: `sequence-${suffix % 20}`, topics: null })),
  step(Apis.LeaveGroup, 3, state => ({
    groupId: member(state).groupId,
    members: [{ memberId: state.memberId, groupInstanceId: null }],
  })),
  step(Apis.DeleteGroups, 1, ({ suffix }) => ({ groupsNames: [`sequence-${suffix % 20}`] })),
]

const fetching = (sessionEpoch: number, hasTopics: boolean) =>
  step(
    Apis.Fetch,
    11,
    ({ sessionId }) => ({
      maxWaitMs: 10,
      minBytes: 0,
      sessionId,
      sessionEpoch,
      topics: hasTopics
        ? [
            {
              topic: 'orders',
              partitions: [
                { partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 },
                { partition: 1, fetchOffset: 0, partitionMaxBytes: 10_000 },
              ],
            },
          ]
        : [],
      forgottenTopicsData: sessionEpoch === 2 ? [{ topic: 'orders', partitions: [1] }] : [],
    }),
    (state, answer) => {
      if (answer.sessionId !== 0) state.sessionId = answer.sessionId
    },
  )
const fetchSession: readonly Step[] = [
  fetching(0, true),
  fetching(1, false),
  fetching(2, false),
  fetching(3, true),
  fetching(-1, false),
]

const producing = (baseSequence: number) =>
  step(Apis.Produce, 8, ({ producerId }) => {
    const builder = new BatchBuilder({ producerId, producerEpoch: 0, baseSequence })
    builder.append({ timestamp: 1.7e12, key: null, value: Buffer.from('x') })
    return {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records: builder.build() }] }],
    }
  })
const idempotence: readonly Step[] = [
  step(
    Apis.InitProducerId,
    2,
    () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
    (state, { producerId }) => (state.producerId = producerId),
  ),
  producing(0),
  producing(1),
  producing(1),
  producing(2),
]

const opening: readonly Step[] = [
  step(Apis.ApiVersions, 3, () => ({ clientSoftwareName: 'f', clientSoftwareVersion: '1' })),
  step(Apis.SaslHandshake, 1, () => ({ mechanism: 'PLAIN' })),
  step(Apis.SaslAuthenticate, 2, () => ({ authBytes: Buffer.alloc(30) })),
  step(Apis.Metadata, 9, () => ({ topics: null })),
  step(Apis.ApiVersions, 4, () => ({ clientSoftwareName: '', clientSoftwareVersion: '' })),
]

const nameOfTopic = ({ suffix }: State): string => `life-${suffix % 50}`
const topicLife: readonly Step[] = [
  step(Apis.CreateTopics, 5, state => ({
    topics: [
      {
        name: nameOfTopic(state),
        numPartitions: 2,
        replicationFactor: 1,
        assignments: [],
        configs: [],
      },
    ],
    timeoutMs: 1000,
    validateOnly: false,
  })),
  step(Apis.DescribeConfigs, 2, state => ({
    resources: [{ resourceType: 2, resourceName: nameOfTopic(state), configurationKeys: null }],
  })),
  step(Apis.IncrementalAlterConfigs, 1, state => ({
    resources: [
      {
        resourceType: 2,
        resourceName: nameOfTopic(state),
        configs: [{ name: 'cleanup.policy', configOperation: 2, value: 'compact' }],
      },
    ],
    validateOnly: false,
  })),
  step(Apis.CreatePartitions, 1, state => ({
    topics: [{ name: nameOfTopic(state), count: 4, assignments: null }],
    timeoutMs: 1000,
    validateOnly: false,
  })),
  step(Apis.DeleteRecords, 1, state => ({
    topics: [{ name: nameOfTopic(state), partitions: [{ partitionIndex: 0, offset: -1 }] }],
    timeoutMs: 1000,
  })),
  step(Apis.DeleteTopics, 5, state => ({ topicNames: [nameOfTopic(state)], timeoutMs: 1000 })),
]

const sequences = { group, fetchSession, idempotence, opening, topicLife }

/** Runs sequences until `deadline`. */
export async function fuzzSequences(
  session: Session,
  known: Known,
  seed: string,
  deadline: number,
): Promise<void> {
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      const random = seededRandom(`${seed}/sequences/${worker}`)
      const inputs = new Inputs(`${seed}/sequences/${worker}/damage`, known)
      while (!session.target.hasEnded && Date.now() < deadline)
        for (const [name, steps] of Object.entries(sequences))
          await run(session, name, steps, inputs, random)
    }),
  )
}

async function run(
  session: Session,
  name: string,
  steps: readonly Step[],
  inputs: Inputs,
  random: Random,
): Promise<void> {
  const state: State = {
    suffix: random.below(1000),
    memberId: '',
    generation: -1,
    sessionId: 0,
    producerId: 0,
  }
  const damagedStep = random.below(steps.length)
  let connection = await RawConnection.open(session.target.port)
  for (const [i, { api, version, body, learn }] of steps.entries()) {
    if (session.target.hasEnded) break
    const sender = { correlationId: i, clientId: 'sequence' }
    const bytes = encodeRequest(api, version, sender, body(state) as never)
    const isDamaged = i === damagedStep
    const label = `${api.name} v${version} in ${name}`
    const input: Input = isDamaged
      ? { ...inputs.damaged(bytes, 'sequence', api.name), name: label, mayBeSilent: true }
      : { kind: 'sequence', name: label, bytes, pair: { api, version }, mayBeSilent: true }
    const outcome = await session.execute(connection, input)
    if (typeof outcome === 'string') {
      connection.destroy()
      connection = await RawConnection.open(session.target.port)
    } else if (!isDamaged) learn?.(state, decodeAnswer(api as never, version, outcome))
  }
  connection.destroy()
}
