import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiByKey, Apis } from '../src/index.ts'
import { goldenRows } from './golden.ts'

test('APIs, their stable versions and listeners are those of a 4.3.1 broker', () => {
  const rows = Object.values(Apis).map(({ key, name, versions, listeners }) => [
    String(key),
    name,
    versions.join('-'),
    listeners.join(' '),
  ])
  assert.deepEqual(rows, goldenRows('apis.tsv'))
})

test('every API is under its own name, with its own messages', () => {
  for (const [name, api] of Object.entries(Apis)) {
    assert.equal(api.name, name)
    assert.equal(api.request.name, `${name}Request`)
    assert.equal(api.response.name, `${name}Response`)
    assert.equal(apiByKey(api.key), api)
  }
  assert.equal(apiByKey(4), undefined)
  assert.equal(apiByKey(-1), undefined)
})
