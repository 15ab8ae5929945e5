import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CopyOnWriteMap } from '../../src/core/copy-on-write-map.ts'

function mapOf(count: number): CopyOnWriteMap<number> {
  const editor = new CopyOnWriteMap<number>().edit()
  for (let i = 0; i < count; i++) editor.set(`key-${i}`, i)
  return editor.finish()
}

test('an edit leaves the old map as it was', () => {
  const before = mapOf(1000)
  const editor = before.edit()
  editor.set('key-7', -7)
  editor.delete('key-8')
  editor.set('new', 1)
  const after = editor.finish()
  assert.equal(before.get('key-7'), 7)
  assert.equal(before.size, 1000)
  assert.equal(after.get('key-7'), -7)
  assert.equal(after.get('key-8'), undefined)
  assert.equal(after.size, 1000)
})

test('differences are the entries that are not identical', () => {
  const before = mapOf(1000)
  const editor = before.edit()
  editor.set('key-7', -7)
  editor.delete('key-8')
  editor.set('new', 1)
  editor.set('key-9', 9)
  const differences = [...editor.finish().differencesTo(before)].toSorted((a, b) =>
    a.key < b.key ? -1 : 1,
  )
  assert.deepEqual(differences, [
    { key: 'key-7', before: 7, after: -7 },
    { key: 'key-8', before: 8, after: undefined },
    { key: 'new', before: undefined, after: 1 },
  ])
})

test('an edit without changes gives the same map', () => {
  const map = mapOf(10)
  const editor = map.edit()
  editor.delete('missing')
  assert.equal(editor.finish(), map)
})

test('all entries are walked once', () => {
  assert.deepEqual(
    [...mapOf(1000).values()].toSorted((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  )
})
