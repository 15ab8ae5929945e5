import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ErrorCode,
  errorMessage,
  errorName,
  isRetriable,
  KafkaError,
  type ErrorName,
} from '../src/index.ts'
import { goldenRows } from './golden.ts'

test('codes, names, retries and texts are those of Kafka 4.3.1', () => {
  const rows = goldenRows('errors.tsv')
  for (const [code, name, retriable, text] of rows) {
    const known = name as ErrorName
    assert.equal(ErrorCode[known], Number(code), name)
    assert.equal(errorName(Number(code)), name)
    assert.equal(isRetriable(known), retriable === 'true', name)
    if (known !== 'NONE') assert.equal(errorMessage(known), text, name)
  }
  assert.equal(Object.keys(ErrorCode).length, rows.length)
})

test('a code from the future is an unknown server error', () => {
  assert.equal(errorName(9999), 'UNKNOWN_SERVER_ERROR')
})

test('a KafkaError has name, number, text and cause', () => {
  const cause = new Error('disk')
  const error = new KafkaError('NOT_LEADER_OR_FOLLOWER', 'orders-3 moved', { cause })
  assert.equal(error.code, 'NOT_LEADER_OR_FOLLOWER')
  assert.equal(error.errno, 6)
  assert.equal(error.retriable, true)
  assert.equal(error.message, 'orders-3 moved')
  assert.equal(error.cause, cause)
  assert.equal(new KafkaError('INVALID_GROUP_ID').message, 'The group id is invalid.')
})
