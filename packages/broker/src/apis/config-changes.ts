/**
 * What AlterConfigs and IncrementalAlterConfigs share: refuse what cannot be, let the broker check its own settings,
 * send the rest to the controller, and answer in the order of the request. Kafka 4.3.1's ConfigAdminManager does the
 * same, in the same words (checked against it).
 */
import { configResourceType } from '@moldau/metadata'
import { KafkaError } from '@moldau/protocol'
import type { RequestContext } from '../services.ts'

/** A resource of a request. */
interface AlteredResource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/** The answer for a resource. */
export interface AlteredResponse {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
}

/** What differs between the two APIs. */
interface AlterWays<R extends AlteredResource> {
  /** Whether a null value has a meaning there: to delete. */
  mayBeNull(config: R['configs'][number]): boolean
  /** Checks the dynamic settings of this broker, or of all. @throws KafkaError */
  checkBroker(resource: R): void
  /** The controller's answers for the resources that are left. */
  forward(resources: R[]): Promise<readonly AlteredResponse[]>
}

/** Answers for every resource. */
export async function alterResources<R extends AlteredResource>(
  resources: readonly R[],
  context: RequestContext,
  ways: AlterWays<R>,
): Promise<AlteredResponse[]> {
  const mentions = new Map<string, number>()
  for (const resource of resources) {
    const key = keyOf(resource)
    mentions.set(key, (mentions.get(key) ?? 0) + 1)
  }
  const refusals = new Map<R, AlteredResponse>()
  const left: R[] = []
  for (const resource of resources) {
    const isRepeated = (mentions.get(keyOf(resource)) ?? 0) > 1
    const refusal = refusalOf(resource, isRepeated, context, ways)
    if (refusal === undefined) left.push(resource)
    else refusals.set(resource, refusal)
  }
  const answers = left.length === 0 ? [] : await ways.forward(left)
  let forwarded = 0
  return resources.map(resource => {
    const answer = refusals.get(resource) ?? answers[forwarded++]
    return answer ?? answerOf(resource, new KafkaError('UNKNOWN_SERVER_ERROR'))
  })
}

function keyOf({ resourceType, resourceName }: AlteredResource): string {
  return `${resourceType}:${resourceName}`
}

function refusalOf<R extends AlteredResource>(
  resource: R,
  isRepeated: boolean,
  context: RequestContext,
  ways: AlterWays<R>,
): AlteredResponse | undefined {
  try {
    checkResource(resource, isRepeated, context, ways)
    return undefined
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return answerOf(resource, error)
  }
}

function answerOf(
  { resourceType, resourceName }: AlteredResource,
  error: KafkaError,
): AlteredResponse {
  return { errorCode: error.errno, errorMessage: error.message, resourceType, resourceName }
}

function checkResource<R extends AlteredResource>(
  resource: R,
  isRepeated: boolean,
  context: RequestContext,
  ways: AlterWays<R>,
): void {
  const { resourceType, resourceName, configs } = resource
  if (isRepeated) refuse('Each resource must appear at most once.')
  if (new Set(configs.map(config => config.name)).size < configs.length) {
    refuse('Error due to duplicate config keys')
  }
  const nulls = configs.filter(config => config.value === null && !ways.mayBeNull(config))
  if (nulls.length > 0) {
    refuse(`Null value not supported for : ${nulls.map(config => config.name).join(', ')}`)
  }
  const type = configResourceType(resourceType)
  if (type === undefined) refuse(`Unknown resource type ${resourceType}`)
  if (type === 'broker' && resourceName !== '') checkNodeId(resourceName, context)
  if (type === 'broker') ways.checkBroker(resource)
}

function checkNodeId(name: string, { broker }: RequestContext): void {
  if (!/^[+-]?\d+$/.test(name)) refuse(`Node id must be an integer, but it is: ${name}`)
  if (Number(name) !== broker.nodeId) {
    refuse(`Unexpected broker id, expected ${broker.nodeId}, but received ${name}`)
  }
}

function refuse(message: string): never {
  throw new KafkaError('INVALID_REQUEST', message)
}

/** Every resource refused for one reason. */
export function refuseResources(
  resources: readonly AlteredResource[],
  { errorCode, errorMessage }: { readonly errorCode: number; readonly errorMessage: string },
): { responses: AlteredResponse[] } {
  return {
    responses: resources.map(({ resourceType, resourceName }) => ({
      errorCode,
      errorMessage,
      resourceType,
      resourceName,
    })),
  }
}
