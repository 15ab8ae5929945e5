/** A broker for tests of handlers: an image made by hand, and requests and responses that went through their bytes. */
import { defaultsOf, silentLogger } from '@moldau/base'
import {
  BrokersImage,
  emptyImage,
  UNASSIGNED_DIRECTORY,
  type BrokerRegistration,
  type ClusterImage,
  type ConfigResourceType,
} from '@moldau/metadata'
import { ErrorCode, errorMessage, KafkaError } from '@moldau/protocol'
import type { Api, ApiFunctions, RequestOf, ResponseOf, ServedApi } from '../../src/apis/serve.ts'
import { brokerOptions } from '../../src/config/broker-options.ts'
import type { BrokerServices, RequestContext } from '../../src/services.ts'

export const CLUSTER_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** What a test cluster is made of. */
export interface ClusterPlan {
  readonly brokers?: readonly Partial<BrokerRegistration>[]
  /** Partitions of each topic, as the ids of their replicas; the first one leads. */
  readonly topics?: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly configs?: readonly (readonly [ConfigResourceType, string, Record<string, string>])[]
}

/** The id that a test topic has. */
export function topicId(index: number): string {
  return `TTTTTTTTTTTTTTTTTTTT${'ABCDEFGHIJ'[index]}Q`
}

export function makeImage({
  brokers = [{}],
  topics = {},
  configs = [],
}: ClusterPlan): ClusterImage {
  const base = emptyImage(CLUSTER_ID)
  const topicsEditor = base.topics.edit()
  Object.entries(topics).forEach(([name, partitions], index) => {
    topicsEditor.add(name, topicId(index))
    partitions.forEach((replicas, partition) =>
      topicsEditor.setPartition(topicId(index), partition, {
        replicas,
        directories: replicas.map(() => UNASSIGNED_DIRECTORY),
        isr: replicas,
        removingReplicas: [],
        addingReplicas: [],
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
        leader: replicas[0] ?? -1,
        leaderRecoveryState: 0,
        leaderEpoch: 0,
        partitionEpoch: 0,
      }),
    )
  })
  const configsEditor = base.configs.edit()
  for (const [type, name, values] of configs) {
    for (const [key, value] of Object.entries(values)) configsEditor.set({ type, name }, key, value)
  }
  let registrations = new BrokersImage()
  brokers.forEach((changes, index) => {
    const id = changes.id ?? index + 1
    registrations = registrations.with(id, makeBroker(id, changes))
  })
  return {
    ...base,
    brokers: registrations,
    topics: topicsEditor.finish(),
    configs: configsEditor.finish(),
  }
}

function makeBroker(id: number, changes: Partial<BrokerRegistration>): BrokerRegistration {
  return {
    id,
    epoch: 1,
    incarnationId: CLUSTER_ID,
    endPoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9091 + id, securityProtocol: 0 }],
    features: [],
    rack: null,
    fenced: false,
    inControlledShutdown: false,
    isMigratingZkBroker: false,
    logDirs: [],
    cordonedLogDirs: null,
    ...changes,
  }
}

/** A broker with the given parts; the others must not be needed. */
export function makeServices(
  image: ClusterImage,
  parts: Partial<BrokerServices> = {},
): BrokerServices {
  const services: Partial<BrokerServices> = {
    nodeId: 1,
    clusterId: CLUSTER_ID,
    logger: silentLogger,
    config: defaultsOf(brokerOptions),
    staticProperties: new Map(),
    image: () => image,
    ...parts,
  }
  // A test that needs more gives it: a missing part throws where it is used.
  return services as BrokerServices
}

/** Asks as the pipeline does: through the bytes of `apiVersion`, with a throw made into a refusal. */
export async function ask<A extends Api>(
  served: ServedApi,
  api: A,
  apiVersion: number,
  input: Parameters<A['request']['encode']>[0],
  broker: BrokerServices,
): Promise<RequestOf<A> extends never ? never : ReturnType<A['response']['decode']>> {
  // The pair of api and served is the same one; the casts put its types together again.
  const functions = served.functions as unknown as ApiFunctions<A>
  const codec = api.request as unknown as {
    encode(value: unknown, version: number): Buffer
    decode(bytes: Buffer, version: number): RequestOf<A>
  }
  const answers = api.response as unknown as {
    encode(value: unknown, version: number): Buffer
    decode(bytes: Buffer, version: number): ReturnType<A['response']['decode']>
  }
  const request = codec.decode(codec.encode(input, apiVersion), apiVersion)
  const context: RequestContext = {
    broker,
    apiVersion,
    clientId: 'test',
    clientHost: '127.0.0.1',
    principal: 'User:ANONYMOUS',
    listenerName: 'PLAINTEXT',
    connection: {
      id: '',
      clientSoftwareName: 'unknown',
      clientSoftwareVersion: 'unknown',
      isClosed: false,
    },
  }
  let response: ResponseOf<A>
  try {
    functions.authorize(request, context)
    response = await functions.handle(request, context)
  } catch (error) {
    const name = error instanceof KafkaError ? error.code : 'UNKNOWN_SERVER_ERROR'
    if (!(error instanceof KafkaError) || functions.refuse === undefined) throw error
    const text = error.message === '' ? errorMessage(name) : error.message
    response = functions.refuse(
      request,
      { name, errorCode: ErrorCode[name], errorMessage: text },
      context,
    )
  }
  // The pipeline fills in what all responses have.
  const whole = { errorCode: 0, throttleTimeMs: 0, ...response }
  return answers.decode(answers.encode(whole, apiVersion), apiVersion) as never
}
