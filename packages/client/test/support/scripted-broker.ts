/**
 * A broker whose answers a test writes: a function per API. Decodes requests and encodes answers with the protocol's
 * own codecs; what is not scripted is answered as by one broker that leads every partition of `topics`.
 */
import { Reader, ZERO_UUID } from '@moldau/base'
import { apiByKey, Apis, encodeResponse, readRequestHeader } from '@moldau/protocol'
import type { ManualWorld } from './manual-world.ts'

type ApiName = keyof typeof Apis
type RequestOf<N extends ApiName> = ReturnType<(typeof Apis)[N]['request']['decode']>
type AnswerOf<N extends ApiName> = Parameters<(typeof Apis)[N]['response']['encode']>[0]
/** undefined: no answer, ever. 'close': the connection ends. */
type Script<N extends ApiName> = (
  request: RequestOf<N>,
  version: number,
) => AnswerOf<N> | undefined | 'close' | Promise<AnswerOf<N> | undefined | 'close'>

export class ScriptedBroker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  /** Partition counts. */
  readonly topics = new Map<string, number>()
  /** All requests, in order. */
  readonly requests: { name: string; version: number; body: unknown }[] = []
  readonly #scripts = new Map<string, Script<ApiName>>()
  readonly #world: ManualWorld
  connectionCount = 0

  constructor(world: ManualWorld, options: { nodeId?: number; port?: number } = {}) {
    this.#world = world
    this.nodeId = options.nodeId ?? 1
    this.host = 'broker'
    this.port = options.port ?? 9092
    this.on('ApiVersions', () => ({
      errorCode: 0,
      apiKeys: Object.values(Apis).map(({ key, versions }) => ({
        apiKey: key,
        minVersion: versions[0],
        maxVersion: versions[1],
      })),
    }))
    this.on('Metadata', request => {
      const names = request.topics?.map(topic => topic.name ?? '') ?? [...this.topics.keys()]
      return {
        brokers: [{ nodeId: this.nodeId, host: this.host, port: this.port, rack: null }],
        clusterId: 'test',
        controllerId: this.nodeId,
        topics: names.map(name => this.#topic(name)),
      }
    })
    this.on('InitProducerId', () => ({ errorCode: 0, producerId: 7, producerEpoch: 0 }))
    this.on('FindCoordinator', request => ({
      coordinators: request.coordinatorKeys.map(key => ({
        key,
        nodeId: this.nodeId,
        host: this.host,
        port: this.port,
        errorCode: 0,
        errorMessage: null,
      })),
    }))
    this.start()
  }

  /** Answers an API by `script` from now on. */
  on<N extends ApiName>(name: N, script: Script<N>): void {
    this.#scripts.set(name, script as unknown as Script<ApiName>)
  }

  /** The requests of one API so far. */
  asked<N extends ApiName>(name: N): RequestOf<N>[] {
    return this.requests
      .filter(request => request.name === name)
      .map(request => request.body as RequestOf<N>)
  }

  start(): void {
    this.#world.serve(`${this.host}:${this.port}`, peer => {
      this.connectionCount++
      let answered: Promise<void> = Promise.resolve()
      return {
        received: data => {
          // Answers leave in the order of the requests.
          const answer = this.#handle(data)
          answered = answered.then(async () => {
            const frame = await answer
            if (frame === 'close') peer.close()
            else if (frame !== undefined) peer.send(frame)
            else await new Promise(() => {})
          })
        },
      }
    })
  }

  async #handle(frame: Buffer): Promise<Buffer | 'close' | undefined> {
    const reader = new Reader(frame, 4)
    const { apiKey, apiVersion, correlationId } = readRequestHeader(reader)
    const api = apiByKey(apiKey)
    if (api === undefined) return 'close'
    const body = api.request.read(reader, apiVersion)
    this.requests.push({ name: api.name, version: apiVersion, body })
    const script = this.#scripts.get(api.name)
    if (script === undefined) throw new Error(`${api.name} is not scripted`)
    const answer = await script(body as never, apiVersion)
    if (answer === undefined) return undefined
    if (answer === 'close') return 'close'
    return encodeResponse(api, apiVersion, correlationId, answer as never)
  }

  #topic(name: string): {
    errorCode: number
    name: string
    topicId: string
    partitions: {
      errorCode: number
      partitionIndex: number
      leaderId: number
      leaderEpoch: number
      replicaNodes: number[]
      isrNodes: number[]
    }[]
  } {
    const count = this.topics.get(name)
    if (count === undefined) return { errorCode: 3, name, topicId: ZERO_UUID, partitions: [] }
    return {
      errorCode: 0,
      name,
      topicId: Buffer.from(name.padEnd(16, '.')).toString('base64url').slice(0, 22),
      partitions: Array.from({ length: count }, (_, partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId: this.nodeId,
        leaderEpoch: 0,
        replicaNodes: [this.nodeId],
        isrNodes: [this.nodeId],
      })),
    }
  }
}
