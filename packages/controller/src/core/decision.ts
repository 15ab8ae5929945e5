/**
 * What a decision of the controller is made of. The files of this folder are pure: a request and a context in, records
 * and a response out. The shell (`controller-node.ts`) appends the records and sends the response when they are
 * committed.
 */
import type { Random } from '@moldau/base'
import type { ClusterImage, ConfigResource, MetadataRecordInput } from '@moldau/metadata'
import type { ErrorName } from '@moldau/protocol'
import type { BrokerSessions } from './broker-sessions.ts'

/** Why something was refused. `message` undefined: the protocol's own text of the error says it. */
export interface Problem {
  readonly error: ErrorName
  readonly message?: string
}

/** Records to be written as one batch, and the answer for when they are committed. */
export interface Decision<Response> {
  readonly records: readonly MetadataRecordInput[]
  readonly response: Response
}

/** Partitions, or names, between two steps. */
export const ROWS_PER_STEP = 32

/** A config of a new topic, as CreateTopics tells it. */
interface DescribedConfig {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  /** Kafka's number of the source: 1 topic, 4 broker, 5 default … */
  readonly configSource: number
  readonly isSensitive: boolean
}

/** What the controller must know about configs; given by the broker, which knows all keys. */
export interface ConfigRules {
  /** What is wrong with `configs` as all dynamic configs of `resource`; `changed` are the keys of the request. */
  validate(
    resource: ConfigResource,
    configs: ReadonlyMap<string, string>,
    changed: ReadonlySet<string>,
  ): Problem | undefined
  /** True if the value of the key is a list, which APPEND and SUBTRACT need. */
  isList(resource: ConfigResource, key: string): boolean
  /** The value of a list key that is not set. */
  defaultOf(resource: ConfigResource, key: string): string | undefined
  /** All configs of a topic with these dynamic ones, for the answer of CreateTopics. */
  describeTopic(
    configs: ReadonlyMap<string, string>,
    image: ClusterImage,
  ): readonly DescribedConfig[]
}

/** Settings of the controller, by Kafka's keys. */
export interface ControllerConfig {
  readonly 'num.partitions': number
  readonly 'default.replication.factor': number
  readonly 'min.insync.replicas': number
  readonly 'unclean.leader.election.enable': boolean
  readonly 'delete.topic.enable': boolean
  readonly 'broker.session.timeout.ms': number
}

/** What a decision may look at. */
export interface DecisionContext {
  readonly nodeId: number
  /** The cluster with all records that were written, committed or not. */
  readonly image: ClusterImage
  /** The offset that the first record of this decision will get. */
  readonly nextOffset: number
  /** Monotonic milliseconds. */
  readonly now: number
  readonly random: Random
  readonly config: ControllerConfig
  readonly rules: ConfigRules
  readonly sessions: BrokerSessions
}

/** A refusal. */
export function problem(error: ErrorName, message?: string): Problem {
  return message === undefined ? { error } : { error, message }
}

/** True if `value` is a refusal. */
export function isProblem(value: object | undefined): value is Problem {
  return value !== undefined && 'error' in value
}
