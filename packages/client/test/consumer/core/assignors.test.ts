import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assignors, type MemberSubscription } from '../../../src/consumer/core/assignors.ts'

function member(
  memberId: string,
  topics: string[],
  groupInstanceId: string | null = null,
): MemberSubscription {
  return { memberId, topics, groupInstanceId }
}

function divide(
  name: 'range' | 'roundrobin',
  members: MemberSubscription[],
  counts: Record<string, number>,
): Record<string, string[]> {
  const assignment = assignors[name]?.(members, new Map(Object.entries(counts)))
  return Object.fromEntries(
    [...(assignment ?? [])].map(([memberId, topics]) => [
      memberId,
      [...topics].flatMap(([topic, partitions]) => partitions.map(p => `${topic}${p}`)),
    ]),
  )
}

test('range gives neighbours, and one more to the first members', () => {
  assert.deepEqual(
    divide('range', [member('b', ['t', 'u']), member('a', ['t', 'u'])], { t: 3, u: 3 }),
    {
      a: ['t0', 't1', 'u0', 'u1'],
      b: ['t2', 'u2'],
    },
  )
})

test('range counts only the members of a topic, and some may get nothing', () => {
  assert.deepEqual(
    divide('range', [member('a', ['t']), member('b', ['t', 'u']), member('c', ['t'])], {
      t: 2,
      u: 1,
    }),
    { a: ['t0'], b: ['t1', 'u0'], c: [] },
  )
})

test('roundrobin deals all partitions of all topics', () => {
  assert.deepEqual(
    divide('roundrobin', [member('a', ['t', 'u']), member('b', ['t', 'u'])], { u: 3, t: 3 }),
    { a: ['t0', 't2', 'u1'], b: ['t1', 'u0', 'u2'] },
  )
})

test('roundrobin passes over members without the topic', () => {
  assert.deepEqual(
    divide('roundrobin', [member('a', ['t']), member('b', ['t', 'u'])], { t: 2, u: 2, nobody: 4 }),
    { a: ['t0'], b: ['t1', 'u0', 'u1'] },
  )
})

test('static members come first, by their instance', () => {
  const members = [member('a', ['t']), member('z', ['t'], 'i1'), member('y', ['t'], 'i2')]
  assert.deepEqual(divide('range', members, { t: 3 }), { a: ['t2'], z: ['t0'], y: ['t1'] })
})
