/** A cluster to decide on: an image made of records, and the context of a decision. */
import { atOnce, type Random, type Steps } from '@moldau/base'
import {
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  ImageEditor,
  type ClusterImage,
  type MetadataRecordInput,
  type PartitionRegistration,
} from '@moldau/metadata'
import { BrokerSessions } from '../../src/core/broker-sessions.ts'
import type {
  ConfigRules,
  ControllerConfig,
  Decision,
  DecisionContext,
} from '../../src/core/decision.ts'
import { SUPPORTED_FEATURES } from '../../src/core/features.ts'

export const directoryOf = (broker: number): string =>
  `directory${broker}${'A'.repeat(11)}A`.slice(0, 21) + 'A'

export const config: ControllerConfig = {
  'num.partitions': 1,
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  'unclean.leader.election.enable': false,
  'delete.topic.enable': true,
  'broker.session.timeout.ms': 9000,
}

/** Knows `retention.ms` (a number) and `cleanup.policy` (a list). */
export const rules: ConfigRules = {
  validate(_resource, configs) {
    for (const [name, value] of configs) {
      if (name !== 'retention.ms' && name !== 'cleanup.policy' && name !== 'min.insync.replicas') {
        return { error: 'INVALID_CONFIG', message: `Unknown topic config name: ${name}` }
      }
      if (name === 'retention.ms' && !/^-?\d+$/.test(value)) {
        return {
          error: 'INVALID_CONFIG',
          message: `Invalid value ${value} for configuration retention.ms: Not a number of type LONG`,
        }
      }
    }
    return undefined
  },
  isList: (_resource, key) => key === 'cleanup.policy',
  defaultOf: (_resource, key) => (key === 'cleanup.policy' ? 'delete' : undefined),
  describeTopic: () => [],
}

export function seededRandom(seed = 1): Random {
  let state = seed
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0)
  return {
    below: limit => Math.floor((next() / 2 ** 32) * limit),
    fraction: () => next() / 2 ** 32,
    bytes: length => Buffer.from(Array.from({ length }, () => next() >>> 24)),
  }
}

export function broker(
  id: number,
  options: { rack?: string; fenced?: boolean; epoch?: number } = {},
): MetadataRecordInput {
  return {
    type: 'RegisterBrokerRecord',
    version: 4,
    value: {
      brokerId: id,
      incarnationId: `incarnation${id}AAAAAAAAAAA`.slice(0, 21) + 'A',
      brokerEpoch: options.epoch ?? 10 + id,
      endPoints: [],
      features: [],
      rack: options.rack ?? null,
      fenced: options.fenced ?? false,
      logDirs: [directoryOf(id)],
    },
  }
}

/** The broker begins its controlled shutdown. */
export function shuttingDown(id: number): MetadataRecordInput {
  return {
    type: 'BrokerRegistrationChangeRecord',
    version: 1,
    value: { brokerId: id, brokerEpoch: 10 + id, inControlledShutdown: 1 },
  }
}

export function feature(name: string, featureLevel: number): MetadataRecordInput {
  return { type: 'FeatureLevelRecord', version: 0, value: { name, featureLevel } }
}

/** A cluster that can be decided on again and again. */
export class TestCluster {
  image: ClusterImage
  now = 0
  readonly sessions = new BrokerSessions(config['broker.session.timeout.ms'])
  readonly random = seededRandom()
  nextOffset = 100
  config: ControllerConfig = config

  constructor(...records: MetadataRecordInput[]) {
    this.image = emptyImage('cluster')
    this.apply([feature('metadata.version', 30), ...records])
  }

  get context(): DecisionContext {
    return {
      nodeId: 1,
      image: this.image,
      nextOffset: this.nextOffset,
      now: this.now,
      random: this.random,
      config: this.config,
      rules,
      sessions: this.sessions,
    }
  }

  apply(records: readonly MetadataRecordInput[]): void {
    const editor = new ImageEditor(this.image)
    for (const record of records) editor.apply(decodeMetadataRecord(encodeMetadataRecord(record)))
    this.image = editor.finish(this.image.provenance)
    this.nextOffset += records.length
  }

  /** Decides, applies the records and gives the response. */
  decide<Response>(
    decide: (context: DecisionContext) => Decision<Response> | Steps<Decision<Response>>,
  ): Response {
    const decision = decide(this.context)
    const { records, response } = 'records' in decision ? decision : atOnce(decision)
    this.apply(records)
    return response
  }

  partition(topic: string, index = 0): PartitionRegistration | undefined {
    return this.image.topics.byName(topic)?.partitions[index]
  }
}

export const features = SUPPORTED_FEATURES.map(row => ({ ...row }))
