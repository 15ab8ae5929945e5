/** A case's side on a broker that runs: the first connection, names, preparation, and the recording at the end. */
import {
  type ApiRow,
  Apis,
  ErrorCode,
  type Fields,
  type StructInput,
  type StructOf,
} from '@moldau/protocol'
import { createHash } from 'node:crypto'
import type { LiveBroker } from './brokers.ts'
import type { Case, Connection, Recording, Side, TopicOptions } from './case.ts'
import { LiveConnection, type PendingStep } from './live-connection.ts'
import { Normaliser } from './normalise.ts'

const UNTIL_DEADLINE_MS = 20_000
const UNTIL_PAUSE_MS = 20
const RAW_SILENCE_MS = 2000

/** What a live run knows beyond the recording. */
export interface LiveRecording extends Recording {
  /** A digest of each request. */
  readonly requests: readonly string[]
  /** Each step's request, to be printed; empty for an observation. */
  readonly requestTexts: readonly string[]
}

/** Runs a case against a broker. A case that throws has that as its last step. */
export async function record(one: Case, index: number, broker: LiveBroker): Promise<LiveRecording> {
  const side = new LiveSide(broker, `c${index + 1}`)
  try {
    await side.open()
    await one.run(side)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    side.observe('the case ended early', text)
    if (process.env['VERBOSE'] !== undefined) console.error(broker.peer, one.name, error)
  } finally {
    side.close()
  }
  return side.recording(one.name)
}

class LiveSide implements Side {
  readonly #broker: LiveBroker
  readonly #prefix: string
  readonly #steps: PendingStep[] = []
  readonly #topicIds: (readonly [topicId: string, name: string])[] = []
  #connections: LiveConnection[] = []

  constructor(broker: LiveBroker, prefix: string) {
    this.#broker = broker
    this.#prefix = prefix
  }

  get peer(): 'kafka' | 'moldau' {
    return this.#broker.peer
  }

  get port(): number {
    return this.#broker.port
  }

  name(text: string): string {
    return `${this.#prefix}-${text}`
  }

  ask<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response>> {
    return this.#first.ask(api, version, request)
  }

  attempt<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response> | undefined> {
    return this.#first.attempt(api, version, request)
  }

  quiet<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response>> {
    return this.#first.quiet(api, version, request)
  }

  async connection(): Promise<Connection> {
    const connection = await LiveConnection.open(this.port, this.#steps)
    this.#connections.push(connection)
    return connection
  }

  observe(label: string, value: unknown): void {
    this.#steps.push({ label, answer: value })
  }

  async raw(label: string, bytes: Uint8Array): Promise<void> {
    const step: PendingStep = { label, request: Buffer.from(bytes).toString('hex'), answer: '' }
    this.#steps.push(step)
    const connection = await this.connection()
    connection.send(bytes)
    step.answer = (await connection.frame(RAW_SILENCE_MS)) ?? 'closed'
    connection.destroy()
  }

  async until<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
    isDone: (answer: StructOf<Response>) => boolean,
  ): Promise<StructOf<Response>> {
    const deadline = Date.now() + UNTIL_DEADLINE_MS
    for (;;) {
      const answer = await this.quiet(api, version, request)
      if (isDone(answer)) return answer
      if (Date.now() > deadline)
        throw new Error(`${api.name} never answered as wanted: ${JSON.stringify(answer)}`)
      await new Promise(resolve => setTimeout(resolve, UNTIL_PAUSE_MS))
    }
  }

  async createTopic(name: string, options: TopicOptions = {}): Promise<string> {
    const { partitions = 1, configs = {} } = options
    const made = await this.quiet(Apis.CreateTopics, 7, {
      topics: [
        {
          name,
          numPartitions: partitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: UNTIL_DEADLINE_MS,
    })
    const row = made.topics[0]
    if (row?.errorCode !== ErrorCode.NONE) throw new Error(`${name}: ${row?.errorMessage}`)
    const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1,
    }))
    await this.until(
      Apis.Metadata,
      12,
      { topics: [{ name }], allowAutoTopicCreation: false },
      ({ topics: [topic] }) =>
        topic?.topicId === row.topicId && topic.partitions.every(({ leaderId }) => leaderId >= 0),
    )
    await this.until(
      Apis.ListOffsets,
      5,
      { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions: wanted }] },
      ({ topics }) =>
        topics.every(topic => topic.partitions.every(({ errorCode }) => errorCode === 0)),
    )
    this.#topicIds.push([row.topicId, name])
    return row.topicId
  }

  async readyGroup(groupId: string): Promise<void> {
    await this.until(
      Apis.FindCoordinator,
      2,
      { key: groupId },
      ({ errorCode }) => errorCode === ErrorCode.NONE,
    )
    await this.until(
      Apis.OffsetFetch,
      5,
      { groupId, topics: null },
      ({ errorCode }) => errorCode === ErrorCode.NONE,
    )
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.close()
    await this.#broker.restart(signal)
    await this.open()
  }

  async open(): Promise<void> {
    await this.connection()
  }

  close(): void {
    for (const connection of this.#connections) connection.destroy()
    this.#connections = []
  }

  recording(name: string): LiveRecording {
    const normaliser = new Normaliser(this.#broker)
    for (const [topicId, topic] of this.#topicIds) normaliser.know(topicId, topic)
    const steps = this.#steps.map(({ label, api, version, answer }) => ({
      label,
      ...(api !== undefined && { api }),
      ...(version !== undefined && { version }),
      answer: normaliser.normalise(answer, api),
    }))
    const requestTexts = this.#steps.map(({ request }) =>
      request === undefined ? '' : textOf(request),
    )
    const requests = this.#steps
      .map(({ label }, i) => [label, requestTexts[i]])
      .filter(([, text]) => text !== '')
      .map(parts => createHash('sha1').update(parts.join(' ')).digest('base64'))
    return { name, steps, requests, requestTexts }
  }

  get #first(): LiveConnection {
    const first = this.#connections[0]
    if (first === undefined) throw new Error('The case has no connection')
    return first
  }
}

function textOf(request: unknown): string {
  return JSON.stringify(request, (_, value: unknown) => {
    const isBuffer = typeof value === 'object' && value !== null && 'type' in value
    return isBuffer && value.type === 'Buffer' && 'data' in value
      ? Buffer.from(value.data as number[]).toString('hex')
      : value
  })
}
