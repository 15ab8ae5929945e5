import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noMember, react } from '../../../src/consumer/core/membership.ts'

const member = { memberId: 'm', generation: 4 }

test('a rebalance is joined with the member id kept and nothing lost', () => {
  for (const call of ['join', 'sync', 'heartbeat', 'commit'] as const)
    assert.deepEqual(react(call, 'REBALANCE_IN_PROGRESS', member), {
      next: 'join',
      member,
      isLost: false,
      forgetsCoordinator: false,
    })
})

test('an unknown member joins as a new one, its partitions lost', () => {
  const { next, member: after, isLost } = react('heartbeat', 'UNKNOWN_MEMBER_ID', member)
  assert.deepEqual([next, after, isLost], ['join', noMember, true])
})

test('an old generation keeps the member id', () => {
  const { member: after, isLost } = react('commit', 'ILLEGAL_GENERATION', member)
  assert.deepEqual([after, isLost], [{ memberId: 'm', generation: -1 }, true])
})

test('a coordinator that is away does not end a membership', () => {
  assert.deepEqual(react('heartbeat', 'NOT_COORDINATOR', member), {
    next: 'carry-on',
    member,
    isLost: false,
    forgetsCoordinator: true,
  })
  assert.equal(react('join', 'CONNECTION', member).next, 'retry')
  assert.equal(react('join', 'COORDINATOR_LOAD_IN_PROGRESS', member).next, 'retry')
})

test('a fenced instance and what the user must mend stop the member', () => {
  assert.equal(react('heartbeat', 'FENCED_INSTANCE_ID', member).next, 'stop')
  assert.equal(react('join', 'GROUP_AUTHORIZATION_FAILED', member).next, 'stop')
  assert.equal(react('join', 'INCONSISTENT_GROUP_PROTOCOL', member).next, 'stop')
})
