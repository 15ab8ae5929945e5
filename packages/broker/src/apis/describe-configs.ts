/**
 * DescribeConfigs (key 32), versions 1 to 4: every setting of a topic, a broker, a group, a client metrics
 * subscription or the logger, with the origin of its value. v1 tells synonyms (KIP-226), v3 type and documentation
 * (KIP-569). Clients read, change and write back what they get, so no setting may be missing; but those that Kafka
 * does not have are told only where they are set, or asked for by name.
 */
import { topicNameProblem } from '@moldau/controller'
import {
  Apis,
  ErrorCode,
  errorMessage,
  KafkaError,
  type DescribeConfigsRequest,
} from '@moldau/protocol'
import { configResourceType } from '@moldau/metadata'
import {
  describeBroker,
  describeClientMetrics,
  describeDefaultBroker,
  describeGroup,
  describeTopic,
  type ConfigEntry,
} from '../config/describe.ts'
import type { RequestContext } from '../services.ts'
import { serve } from './serve.ts'

type Resource = DescribeConfigsRequest['resources'][number]

export const describeConfigs = serve(Apis.DescribeConfigs, {
  authorize() {},

  handle: (request, context) => ({
    results: request.resources.map(resource => {
      const { resourceType, resourceName } = resource
      try {
        const configs = entriesOf(resource, context)
          .filter(entry => isWanted(resource, entry))
          .map(entry => ({
            name: entry.name,
            value: entry.value,
            readOnly: entry.isReadOnly,
            configSource: entry.source,
            isSensitive: entry.isSensitive,
            synonyms: request.includeSynonyms ? [...entry.synonyms] : [],
            configType: entry.type,
            documentation: request.includeDocumentation ? entry.documentation : null,
          }))
        return { errorCode: ErrorCode.NONE, errorMessage: '', resourceType, resourceName, configs }
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        const { errno: errorCode, message } = error
        return { errorCode, errorMessage: message, resourceType, resourceName, configs: [] }
      }
    }),
  }),

  divide: { request: 'resources', response: 'results' },

  refuse: (request, { errorCode, errorMessage }) => ({
    results: request.resources.map(({ resourceType, resourceName }) => ({
      errorCode,
      errorMessage,
      resourceType,
      resourceName,
      configs: [],
    })),
  }),
})

/** No list and an empty list both mean all. */
function isWanted({ configurationKeys }: Resource, { name, isTold }: ConfigEntry): boolean {
  const isAll = configurationKeys === null || configurationKeys.length === 0
  return isAll ? isTold : configurationKeys.includes(name)
}

/** @throws KafkaError in Kafka's words */
function entriesOf(resource: Resource, { broker }: RequestContext): ConfigEntry[] {
  const image = broker.image()
  const { resourceName: name } = resource
  const type = configResourceType(resource.resourceType)
  switch (type) {
    case 'topic': {
      const problem = topicNameProblem(name)
      if (problem !== undefined) {
        throw new KafkaError('INVALID_TOPIC_EXCEPTION', problem)
      }
      if (image.topics.byName(name) === undefined) {
        throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', '')
      }
      return describeTopic(image, broker.nodeId, broker.staticProperties, name)
    }
    case 'broker':
      if (name === '') return describeDefaultBroker(image)
      if (brokerId(name) !== broker.nodeId) {
        refuse(
          `Unexpected broker id, expected ${broker.nodeId} or empty string, but received ${name}`,
        )
      }
      return describeBroker(image, broker.nodeId, broker.staticProperties)
    case 'broker-logger':
      if (name === '') refuse('Broker id must not be empty')
      if (brokerId(name) !== broker.nodeId) {
        refuse(`Unexpected broker id, expected ${broker.nodeId} but received ${name}`)
      }
      // Loggers are not configured through the protocol.
      return []
    case 'group':
      if (name === '') refuse('Group name must not be empty')
      return describeGroup(image, broker.nodeId, broker.staticProperties, name)
    case 'client-metrics':
      if (name === '') refuse('Client metrics subscription name must not be empty')
      return describeClientMetrics(image, name)
    case undefined:
      return refuse(errorMessage('INVALID_REQUEST'))
  }
}

function refuse(message: string): never {
  throw new KafkaError('INVALID_REQUEST', message)
}

function brokerId(name: string): number {
  if (!/^[+-]?\d+$/.test(name)) refuse(`Broker id must be an integer, but it is: ${name}`)
  return Number(name)
}
