/**
 * Topics that come into being because somebody asked for them: by Metadata (`auto.create.topics.enable`), or internal
 * ones by FindCoordinator. A creation runs in the background, once per topic however many ask; the asker is told
 * that the topic is not there yet and asks again, as with Kafka.
 */
import type { Logger } from '@moldau/base'
import { topicNameProblem } from '@moldau/controller'
import type { ClusterImage } from '@moldau/metadata'
import { Apis, ErrorCode, errorName } from '@moldau/protocol'
import type { BrokerConfig } from './config.ts'
import type { ControllerChannel } from '@moldau/controller'

/** What creation needs of the broker. */
export interface TopicCreationOptions {
  readonly controller: ControllerChannel
  /** Values in effect now. */
  readonly config: () => BrokerConfig
  readonly image: () => ClusterImage
  /** Name of the listener that controllers are told requests came by. */
  readonly listenerName: string
  readonly logger: Logger
}

/** Creations in flight at the same time; more are left to the next asker. */
const MAX_IN_FLIGHT = 1000

/** Creates topics in the background. */
export class TopicCreation {
  readonly #options: TopicCreationOptions
  readonly #inFlight = new Map<string, Promise<void>>()

  constructor(options: TopicCreationOptions) {
    this.#options = options
  }

  /**
   * Starts creating `name` unless that is under way. The promise ends with the attempt, whatever came of it: look at
   * the image. It never rejects.
   */
  create(name: string): Promise<void> {
    const running = this.#inFlight.get(name)
    if (running !== undefined) return running
    if (this.#inFlight.size >= MAX_IN_FLIGHT || topicNameProblem(name) !== undefined) {
      return Promise.resolve()
    }
    const creation = this.#create(name).finally(() => this.#inFlight.delete(name))
    this.#inFlight.set(name, creation)
    return creation
  }

  async #create(name: string): Promise<void> {
    const { controller, config, image, listenerName, logger } = this.#options
    const topic = topicToCreate(name, config(), liveBrokerCount(image()))
    try {
      const response = await controller.handle(
        Apis.CreateTopics,
        7,
        { topics: [topic], timeoutMs: config()['request.timeout.ms'], validateOnly: false },
        { principal: 'User:ANONYMOUS', listener: listenerName, clientId: '' },
      )
      const result = response.topics[0]
      if (result === undefined || result.errorCode === ErrorCode.NONE) {
        logger.info('topic created on demand', { topic: name })
      } else if (result.errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) {
        logger.warn('topic not created on demand', {
          topic: name,
          error: errorName(result.errorCode),
          reason: result.errorMessage,
        })
      }
    } catch (error) {
      logger.warn('topic not created on demand', { topic: name, reason: String(error) })
    }
  }
}

function liveBrokerCount(image: ClusterImage): number {
  let count = 0
  for (const broker of image.brokers) if (!broker.fenced) count++
  return count
}

/** The request for one topic. Internal topics get the settings that their coordinators rely on. */
export function topicToCreate(
  name: string,
  config: BrokerConfig,
  brokerCount: number,
): {
  name: string
  numPartitions: number
  replicationFactor: number
  assignments: never[]
  configs: { name: string; value: string }[]
} {
  const make = (
    numPartitions: number,
    replicationFactor: number,
    configs: Readonly<Record<string, string>> = {},
  ) => ({
    name,
    numPartitions,
    replicationFactor,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  })
  // Deliberately other than Kafka's: its defaults of three replicas leave a single node without these topics.
  const capped = (replicationFactor: number) =>
    Math.max(1, Math.min(replicationFactor, brokerCount))
  switch (name) {
    case '__consumer_offsets':
      return make(
        config['offsets.topic.num.partitions'],
        capped(config['offsets.topic.replication.factor']),
        {
          'cleanup.policy': 'compact',
          'compression.type': 'producer',
          'segment.bytes': String(config['offsets.topic.segment.bytes']),
        },
      )
    case '__transaction_state': {
      const replicas = capped(config['transaction.state.log.replication.factor'])
      return make(config['transaction.state.log.num.partitions'], replicas, {
        'cleanup.policy': 'compact',
        'compression.type': 'uncompressed',
        'min.insync.replicas': String(Math.min(config['transaction.state.log.min.isr'], replicas)),
        'segment.bytes': String(config['transaction.state.log.segment.bytes']),
        'unclean.leader.election.enable': 'false',
      })
    }
    case '__share_group_state': {
      const replicas = capped(config['share.coordinator.state.topic.replication.factor'])
      return make(config['share.coordinator.state.topic.num.partitions'], replicas, {
        'cleanup.policy': 'delete',
        'compression.type': 'producer',
        'min.insync.replicas': String(
          Math.min(config['share.coordinator.state.topic.min.isr'], replicas),
        ),
        'retention.ms': '-1',
        'segment.bytes': String(config['share.coordinator.state.topic.segment.bytes']),
      })
    }
    default:
      return make(config['num.partitions'], config['default.replication.factor'])
  }
}
