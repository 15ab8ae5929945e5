/**
 * What the broker's answer for a batch, or the lack of one, means for it.
 */
import type { ErrorName } from '@moldau/protocol'
import type { KafkaError, KafkaErrorCode } from '../../errors.ts'

/** `retry-with-new-epoch`: the broker has lost or never had the sequences before this batch. */
export type Verdict = 'stored' | 'retry' | 'retry-with-new-epoch' | 'fail'

/** Errors after which the leader has to be looked up again. */
const staleMetadata = new Set<KafkaErrorCode>([
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
  'LISTENER_NOT_FOUND',
  'NETWORK_EXCEPTION',
  'CONNECTION',
  'TIMEOUT',
] satisfies (ErrorName | 'CONNECTION' | 'TIMEOUT')[])

/** Whether the error says that metadata is outdated. */
export function isStaleMetadata(code: KafkaErrorCode): boolean {
  return staleMetadata.has(code)
}

/** The fate of a batch; `isFirst`: no batch before it in its partition is open. */
export function verdictOn(
  error: KafkaError,
  state: { isIdempotent: boolean; isFirst: boolean; attemptsLeft: number },
): Verdict {
  // The broker has seen the batch before: an earlier attempt was stored, its answer was lost.
  if (error.code === 'DUPLICATE_SEQUENCE_NUMBER') return 'stored'
  if (state.attemptsLeft <= 0) return 'fail'
  if (state.isIdempotent) {
    if (error.code === 'OUT_OF_ORDER_SEQUENCE_NUMBER')
      return state.isFirst ? 'retry-with-new-epoch' : 'retry'
    if (error.code === 'UNKNOWN_PRODUCER_ID') return 'retry-with-new-epoch'
  }
  return error.retriable ? 'retry' : 'fail'
}
