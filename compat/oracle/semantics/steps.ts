/** Steps that many cases take: make a topic, produce, fetch. Each asks the broker, so that every answer is compared. */
import { Apis, type FetchRequest, type MessageInput, type ProduceResponse } from '@moldau/protocol'
import type { Side } from '../case.ts'

/** A topic that a case made. */
export interface Topic {
  readonly name: string
  readonly id: string
}

/** Makes a topic whose records stay, however old they are. */
export async function createTopic(
  side: Side,
  label: string,
  configs: Readonly<Record<string, string>> = {},
  partitions = 1,
): Promise<Topic> {
  const name = side.name(label)
  const id = await side.createTopic(name, {
    partitions,
    configs: { 'retention.ms': '-1', ...configs },
  })
  return { name, id }
}

/** How to produce. */
export interface ProduceOptions {
  readonly version?: number
  readonly acks?: number
  readonly partition?: number
}

/** Produces to one partition. @returns its row of the answer */
export async function produce(
  side: Side,
  topic: Topic,
  records: Buffer,
  { version = 12, acks = -1, partition = 0 }: ProduceOptions = {},
): Promise<ProduceResponse['responses'][number]['partitionResponses'][number]> {
  const answer = await side.ask(
    Apis.Produce,
    version,
    produceInput(topic, records, { acks, partition }),
  )
  const row = answer.responses[0]?.partitionResponses[0]
  if (row === undefined) throw new Error('The answer to Produce has no row')
  return row
}

/** Produces what may be refused without an answer, which is a result too. */
export async function offer(
  side: Side,
  topic: Topic,
  records: Buffer,
  { version = 12, acks = -1, partition = 0 }: ProduceOptions = {},
): Promise<void> {
  await side.attempt(Apis.Produce, version, produceInput(topic, records, { acks, partition }))
}

/** The request that `produce` sends. */
export function produceInput(
  topic: Topic,
  records: Buffer | null,
  { acks = -1, partition = 0 }: ProduceOptions = {},
) {
  return {
    acks,
    timeoutMs: 10_000,
    topicData: [
      { name: topic.name, topicId: topic.id, partitionData: [{ index: partition, records }] },
    ],
  }
}

/** A request of Fetch. */
export type FetchInput = MessageInput<typeof FetchRequest>

/** How to fetch from one partition. */
export interface FetchOptions {
  readonly version?: number
  readonly partition?: number
  readonly partitionMaxBytes?: number
  readonly currentLeaderEpoch?: number
  readonly lastFetchedEpoch?: number
  readonly request?: Partial<FetchInput>
}

/** Fetches from one partition without waiting. @returns its row of the answer */
export async function fetch(
  side: Side,
  topic: Topic,
  fetchOffset: number,
  options: FetchOptions = {},
) {
  const answer = await side.ask(
    Apis.Fetch,
    options.version ?? 16,
    fetchInput(topic, fetchOffset, options),
  )
  const row = answer.responses[0]?.partitions[0]
  if (row === undefined) throw new Error('The answer to Fetch has no row')
  return row
}

/** The request that `fetch` sends. */
export function fetchInput(
  topic: Topic,
  fetchOffset: number,
  {
    partition = 0,
    partitionMaxBytes = 1_000_000,
    currentLeaderEpoch = -1,
    lastFetchedEpoch = -1,
    request = {},
  }: FetchOptions = {},
): FetchInput {
  return {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 10_000_000,
    topics: [
      {
        topic: topic.name,
        topicId: topic.id,
        partitions: [
          { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, partitionMaxBytes },
        ],
      },
    ],
    forgottenTopicsData: [],
    ...request,
  }
}
