import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KafkaError, type KafkaErrorCode } from '../../../src/errors.ts'
import { isStaleMetadata, verdictOn } from '../../../src/producer/core/verdict.ts'

function judge(code: KafkaErrorCode, state = {}): string {
  return verdictOn(new KafkaError(code), {
    isIdempotent: true,
    isFirst: true,
    attemptsLeft: 10,
    ...state,
  })
}

test('sends again after errors that pass, and gives up after others', () => {
  assert.equal(judge('NOT_LEADER_OR_FOLLOWER'), 'retry')
  assert.equal(judge('CONNECTION'), 'retry')
  assert.equal(judge('MESSAGE_TOO_LARGE'), 'fail')
  assert.equal(judge('NOT_LEADER_OR_FOLLOWER', { attemptsLeft: 0 }), 'fail')
})

test('takes a duplicate for stored, even at the last attempt', () => {
  assert.equal(judge('DUPLICATE_SEQUENCE_NUMBER', { attemptsLeft: 0 }), 'stored')
})

test('waits for an earlier batch when the sequence has a gap, and else starts a new epoch', () => {
  assert.equal(judge('OUT_OF_ORDER_SEQUENCE_NUMBER', { isFirst: false }), 'retry')
  assert.equal(judge('OUT_OF_ORDER_SEQUENCE_NUMBER'), 'retry-with-new-epoch')
  assert.equal(judge('UNKNOWN_PRODUCER_ID'), 'retry-with-new-epoch')
  assert.equal(judge('OUT_OF_ORDER_SEQUENCE_NUMBER', { isIdempotent: false }), 'fail')
})

test('knows which errors speak of outdated metadata', () => {
  assert.ok(isStaleMetadata('NOT_LEADER_OR_FOLLOWER'))
  assert.ok(!isStaleMetadata('NOT_ENOUGH_REPLICAS'))
})
