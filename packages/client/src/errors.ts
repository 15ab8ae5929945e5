/**
 * The one error of this client. `code` is the protocol's name of an error, or one of the client's own; there is no
 * class per code, callers `switch (error.code)`.
 */
import { ErrorCode, errorMessage, errorName, isRetriable, type ErrorName } from '@moldau/protocol'

/** Codes that no broker sends. @public */
export type ClientErrorCode =
  | 'ABORTED'
  | 'BUFFER_FULL'
  | 'CLOSED'
  | 'CONFIG'
  | 'CONNECTION'
  | 'MIXED_RESULTS'
  | 'NO_OFFSET'
  | 'SERDE'
  | 'TIMEOUT'
  | 'UNSUPPORTED'

/** What went wrong: a name of the protocol or a client one. @public */
export type KafkaErrorCode = ErrorName | ClientErrorCode

/** What is known about a failure beyond its code. */
export interface KafkaErrorDetails {
  readonly message?: string | undefined
  readonly api?: string | undefined
  /** `host:port` of the broker that answered or did not. */
  readonly broker?: string | undefined
  readonly topicPartition?: { readonly topic: string; readonly partition: number } | undefined
  /** Per subject, where several were asked for and at least one failed. */
  readonly results?: ReadonlyMap<string, unknown> | undefined
  /** Trying again will not help here, though the code alone would let one hope. */
  readonly isFinal?: boolean
  readonly cause?: unknown
}

/** @public */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  readonly code: KafkaErrorCode
  /** The protocol's number; −1 for the client's own codes. */
  readonly errno: number
  /** Whether the same call may succeed later. */
  readonly retriable: boolean
  /** Whether the producer or consumer is of no use any more. */
  readonly fatal: boolean
  readonly api: string | undefined
  readonly broker: string | undefined
  readonly topicPartition: { readonly topic: string; readonly partition: number } | undefined
  /** What to do about it, where that can be said. */
  readonly hint: string | undefined
  readonly results: ReadonlyMap<string, unknown> | undefined

  constructor(code: KafkaErrorCode, details: KafkaErrorDetails = {}) {
    const hint = hints[code]
    const message = details.message ?? defaultMessage(code)
    super(
      hint === undefined ? message : `${message} (hint: ${hint})`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.errno = isProtocolCode(code) ? ErrorCode[code] : -1
    const mayPass = isProtocolCode(code) ? isRetriable(code) : passingCodes.has(code)
    this.retriable = mayPass && details.isFinal !== true
    this.fatal = fatalCodes.has(code)
    this.api = details.api
    this.broker = details.broker
    this.topicPartition = details.topicPartition
    this.hint = hint
    this.results = details.results
  }
}

/** Whether `value` is an error of this client, also of another copy of it. @public */
export function isKafkaError(value: unknown): value is KafkaError {
  return value instanceof Error && value.name === 'KafkaError'
}

/** The error of a number in an answer; unknown numbers count as UNKNOWN_SERVER_ERROR. */
export function protocolError(errno: number, details: KafkaErrorDetails = {}): KafkaError {
  return new KafkaError(errorName(errno), details)
}

/** @throws KafkaError unless `errno` is 0 */
export function throwIfError(errno: number, details: KafkaErrorDetails = {}): void {
  if (errno !== 0) throw protocolError(errno, details)
}

/** One error for a plural call: throws when a value of `results` is an error, with all results attached. */
export function throwIfAnyFailed(action: string, results: ReadonlyMap<string, unknown>): void {
  const failed = [...results].filter(([, result]) => result instanceof KafkaError)
  const [first] = failed
  if (first === undefined) return
  const [subject, error] = first as [string, KafkaError]
  throw new KafkaError(error.code, {
    message:
      failed.length === 1
        ? `Cannot ${action} ${subject}: ${plain(error)}`
        : `Cannot ${action} ${failed.length} of ${results.size}, first ${subject}: ${plain(error)}`,
    api: error.api,
    results,
    isFinal: !failed.some(([, result]) => (result as KafkaError).retriable),
    cause: error,
  })
}

const passingCodes = new Set<KafkaErrorCode>(['CONNECTION', 'TIMEOUT'])

const fatalCodes = new Set<KafkaErrorCode>([
  'CLOSED',
  'CONFIG',
  'FENCED_INSTANCE_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'UNSUPPORTED_VERSION',
  'CLUSTER_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
])

const hints: Partial<Record<KafkaErrorCode, string>> = {
  CONNECTION: 'is the broker running, and does bootstrap.servers name its advertised listener?',
  UNKNOWN_TOPIC_OR_PARTITION:
    'create the topic first, or let brokers do it with auto.create.topics.enable',
  MESSAGE_TOO_LARGE:
    'raise max.request.size here and max.message.bytes of the topic, or send less at once',
  NOT_ENOUGH_REPLICAS: 'fewer replicas are in sync than min.insync.replicas asks for',
  INVALID_REPLICATION_FACTOR: 'there are fewer brokers than replicas asked for',
  NO_OFFSET: 'set auto.offset.reset to earliest or latest, or seek',
  BUFFER_FULL: 'wait for ready() when enqueue() returns false, or raise buffer.memory',
  SERDE:
    'are the key and value serdes those the records were written with? tombstones need nullable()',
  TOPIC_AUTHORIZATION_FAILED: 'the principal lacks an ACL for this topic',
  GROUP_AUTHORIZATION_FAILED: 'the principal lacks an ACL for this group',
  INVALID_SESSION_TIMEOUT: 'session.timeout.ms must be within the bounds that the brokers set',
}

const clientMessages: Record<ClientErrorCode, string> = {
  ABORTED: 'The call was aborted',
  BUFFER_FULL: 'The producer holds as many bytes as it may',
  CLOSED: 'It was closed',
  CONFIG: 'The configuration is not valid',
  CONNECTION: 'The connection failed',
  MIXED_RESULTS: 'Some of several calls failed',
  NO_OFFSET: 'It is not known where to start',
  SERDE: 'A key or value could not be converted',
  TIMEOUT: 'It took too long',
  UNSUPPORTED: 'The broker does not support this',
}

function isProtocolCode(code: KafkaErrorCode): code is ErrorName {
  return !(code in clientMessages)
}

function defaultMessage(code: KafkaErrorCode): string {
  return isProtocolCode(code) ? errorMessage(code) : clientMessages[code]
}

/** The message without the hint, for use inside another message, which adds its own. */
export function plain(error: KafkaError): string {
  const at = error.message.lastIndexOf(' (hint: ')
  return at < 0 ? error.message : error.message.slice(0, at)
}
