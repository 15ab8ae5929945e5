import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitIn, shareOf } from '../../src/node/handle-limit.ts'

test('reads the limit of open files, and shares it between files and connections', () => {
  const text = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96327                96327                processes
Max open files            128                  20000                files
Max locked memory         8388608              8388608              bytes
`
  assert.equal(limitIn(text), 128)
  assert.equal(
    limitIn('Max open files            unlimited            unlimited            files'),
    Infinity,
  )
  assert.equal(limitIn(''), Infinity)
  assert.equal(shareOf(1024), 480)
  assert.equal(shareOf(64), 8)
  assert.equal(shareOf(Infinity), Infinity)
})
