import assert from 'node:assert/strict'
import { test } from 'node:test'
import { History, type PartitionContent } from '../src/history.ts'

/** Two acknowledged batches, and one of which nobody knows. */
function written(): History {
  const history = new History()
  history.acknowledged('a-0', ['x1', 'x2'], 0)
  history.acknowledged('a-0', ['x3'], 2)
  history.unknown('a-0', ['u1'])
  return history
}

function holding(...values: string[]): Map<string, PartitionContent> {
  return new Map([['a-0', values.map((value, offset) => ({ offset, value }))]])
}

test('finds nothing wrong where every acknowledged value is at its offset', () => {
  for (const content of [holding('x1', 'x2', 'x3'), holding('x1', 'x2', 'x3', 'u1')]) {
    const verdict = written().judge(content)
    assert.deepEqual(verdict, { acknowledged: 3, unknown: 1, lost: [], doubled: [], problems: [] })
  }
})

test('finds a loss that was planted at the end, in the middle, and of a whole partition', () => {
  assert.deepEqual(written().judge(holding('x1', 'x2')).lost, ['a-0: x3, acknowledged at 2'])
  assert.equal(written().judge(holding('x1', 'x3')).lost.length, 1)
  assert.equal(written().judge(new Map()).lost.length, 3)
})

test('finds a duplicate that was planted, of an acknowledged and of an unknown value', () => {
  assert.deepEqual(written().judge(holding('x1', 'x2', 'x3', 'x3')).doubled, ['a-0: x3 at 2 and 3'])
  assert.deepEqual(written().judge(holding('x1', 'x2', 'x3', 'u1', 'u1')).doubled, [
    'a-0: u1 at 3 and 4',
  ])
})

test('finds a gap, a value at another offset, and a value that nobody wrote', () => {
  const gap = new Map([
    [
      'a-0',
      [
        { offset: 0, value: 'x1' },
        { offset: 2, value: 'x3' },
        { offset: 3, value: 'x2' },
      ],
    ],
  ])
  const { problems } = written().judge(gap)
  assert.deepEqual(problems, [
    'a-0: offset 2 comes where 1 should be',
    'a-0: x2 is at 3, acknowledged at 1',
  ])
  assert.deepEqual(written().judge(holding('x1', 'x2', 'x3', 'z')).problems, [
    'a-0: nobody wrote z',
  ])
})
