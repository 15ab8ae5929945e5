/**
 * ListConfigResources (key 74), versions 0 and 1: names of what can have settings. v0 was ListClientMetricsResources
 * (KIP-1000) and only knows those; v1 lists any type, all of them when none is named (KIP-1142).
 */
import { ConfigResourceTypes, type ClusterImage, type ConfigResourceType } from '@moldau/metadata'
import { Apis, KafkaError } from '@moldau/protocol'
import { serve } from './serve.ts'

/** In the order in which Kafka lists them. */
const allTypes: readonly ConfigResourceType[] = [
  'group',
  'client-metrics',
  'broker-logger',
  'broker',
  'topic',
]

export const listConfigResources = serve(Apis.ListConfigResources, {
  authorize() {},

  handle(request, { broker, apiVersion }) {
    const image = broker.image()
    const types =
      apiVersion === 0 ? (['client-metrics'] as const) : wantedTypes(request.resourceTypes)
    return {
      configResources: types.flatMap(type =>
        namesOf(type, image).map(resourceName => ({
          resourceName,
          resourceType: ConfigResourceTypes[type],
        })),
      ),
    }
  },

  refuse: (_request, { errorCode }) => ({ errorCode, configResources: [] }),
})

function wantedTypes(numbers: readonly number[]): readonly ConfigResourceType[] {
  if (numbers.length === 0) return allTypes
  const known = Object.values<number>(ConfigResourceTypes)
  if (numbers.some(number => !known.includes(number))) {
    throw new KafkaError('UNSUPPORTED_VERSION', `Can only list resource types ${known.join(', ')}`)
  }
  return allTypes.filter(type => numbers.includes(ConfigResourceTypes[type]))
}

function namesOf(type: ConfigResourceType, image: ClusterImage): string[] {
  switch (type) {
    case 'topic':
      return Array.from(image.topics, topic => topic.name)
    case 'broker':
    case 'broker-logger':
      return Array.from(image.brokers, broker => String(broker.id))
    case 'group':
    case 'client-metrics':
      return [...image.configs].filter(resource => resource.type === type).map(({ name }) => name)
  }
}
