import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultsOf, silentLogger, ZERO_UUID } from '@moldau/base'
import { emptyImage } from '@moldau/metadata'
import { errorName, type JoinGroupRequest } from '@moldau/protocol'
import {
  coordinatorPartition,
  GroupCoordinator,
  groupCoordinatorOptions,
  type GroupRequestContext,
} from '../../src/index.ts'
import { ManualTime, manualWorld } from '../support/manual-world.ts'
import { MemoryStorage } from '../support/memory-storage.ts'

const PARTITIONS = 3
const DAY_MS = 24 * 60 * 60 * 1000

function made(storage = new MemoryStorage()) {
  const time = new ManualTime()
  const coordinator = new GroupCoordinator({
    world: manualWorld(time),
    logger: silentLogger,
    config: {
      ...defaultsOf(groupCoordinatorOptions),
      'group.initial.rebalance.delay.ms': 0,
      'offsets.retention.check.interval.ms': DAY_MS,
    },
    storage,
    partitionCount: PARTITIONS,
    image: () => emptyImage('cluster'),
  })
  /** Asks, and lets everything happen that is due by then. */
  async function answer<Response>(asked: Promise<Response>): Promise<Response> {
    await time.pass(1)
    return asked
  }
  return { coordinator, storage, time, answer }
}

async function elected(storage = new MemoryStorage()) {
  const all = made(storage)
  for (let partition = 0; partition < PARTITIONS; partition++)
    await all.coordinator.elected(partition, 0)
  return all
}

function context(version: number): GroupRequestContext {
  return { version, clientId: 'client', clientHost: '10.0.0.1', principal: 'User:ANONYMOUS' }
}

function joining(fields: Partial<JoinGroupRequest> = {}): JoinGroupRequest {
  return {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('topics') }],
    reason: null,
    ...fields,
  }
}

function committing(groupId: string, topic = 'orders') {
  const partition = {
    partitionIndex: 0,
    committedOffset: 7,
    committedLeaderEpoch: -1,
    committedMetadata: null,
  }
  return {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    retentionTimeMs: -1,
    topics: [{ name: topic, topicId: ZERO_UUID, partitions: [partition] }],
  }
}

function fetching(...groupIds: readonly string[]) {
  return {
    groupId: '',
    topics: null,
    groups: groupIds.map(groupId => ({ groupId, memberId: null, memberEpoch: -1, topics: null })),
    requireStable: false,
  }
}

const everything = { statesFilter: [], typesFilter: [] }

describe('a coordinator', () => {
  test('sends groups of partitions it does not lead elsewhere', async () => {
    const { coordinator, answer } = made()
    const joined = await answer(coordinator.joinGroup(joining(), context(9)))
    assert.equal(errorName(joined.errorCode), 'NOT_COORDINATOR')
    const fetched = await answer(coordinator.offsetFetch(fetching('g'), context(8)))
    assert.equal(errorName(fetched.groups?.[0]?.errorCode ?? 0), 'NOT_COORDINATOR')
    assert.deepEqual(await answer(coordinator.listGroups(everything, context(5))), {
      errorCode: 0,
      groups: [],
    })
  })

  test('asks for patience while a shard is loaded; heartbeats are kept quiet, syncs start over', async () => {
    const { coordinator } = made()
    const ready = coordinator.elected(coordinator.partitionFor('g'), 0)
    const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }
    const sync = { ...heartbeat, protocolType: null, protocolName: null, assignments: [] }
    const errors = await Promise.all([
      coordinator.joinGroup(joining(), context(9)),
      coordinator.heartbeat(heartbeat, context(4)),
      coordinator.syncGroup(sync, context(4)),
      coordinator.listGroups(everything, context(5)),
    ])
    assert.deepEqual(
      errors.map(({ errorCode }) => errorName(errorCode)),
      [
        'COORDINATOR_LOAD_IN_PROGRESS',
        'NONE',
        'REBALANCE_IN_PROGRESS',
        'COORDINATOR_LOAD_IN_PROGRESS',
      ],
    )
    await ready
  })

  test('keeps groups and offsets through a change of leaders', async () => {
    const { coordinator, storage, answer } = await elected()
    await answer(coordinator.offsetCommit(committing('g'), context(9)))
    coordinator.resigned(coordinator.partitionFor('g'))
    const next = await elected(storage)
    const fetched = await next.answer(next.coordinator.offsetFetch(fetching('g'), context(8)))
    assert.equal(fetched.groups?.[0]?.topics[0]?.partitions[0]?.committedOffset, 7)
  })

  test('does not mind to be elected twice in one epoch, and reads anew in the next', async () => {
    const { coordinator, storage } = await elected()
    const loads = storage.loadCount
    await coordinator.elected(0, 0)
    assert.equal(storage.loadCount, loads)
    await coordinator.elected(0, 1)
    assert.equal(storage.loadCount, loads + 1)
  })

  test('tells members that wait, when it closes', async () => {
    const { coordinator, time } = await elected()
    const waiting = coordinator.joinGroup(joining({ groupInstanceId: 'i' }), context(9))
    coordinator.close()
    assert.equal(errorName((await waiting).errorCode), 'NOT_COORDINATOR')
    await time.pass(10)
    assert.equal(time.timerCount, 0)
  })
})

describe('requests', () => {
  test('without a group, with a session timeout beyond the bounds or with texts too long are refused', async () => {
    const { coordinator, answer } = await elected()
    const errorOf = async (fields: Partial<JoinGroupRequest>) =>
      errorName((await answer(coordinator.joinGroup(joining(fields), context(9)))).errorCode)
    assert.equal(await errorOf({ groupId: '' }), 'INVALID_GROUP_ID')
    assert.equal(await errorOf({ groupId: 'g'.repeat(40_000) }), 'INVALID_GROUP_ID')
    assert.equal(await errorOf({ sessionTimeoutMs: 5999 }), 'INVALID_SESSION_TIMEOUT')
    assert.equal(await errorOf({ sessionTimeoutMs: 1_800_001 }), 'INVALID_SESSION_TIMEOUT')
    assert.equal(await errorOf({ groupInstanceId: 'i'.repeat(40_000) }), 'INVALID_REQUEST')
    assert.equal(await errorOf({ protocols: [] }), 'INCONSISTENT_GROUP_PROTOCOL')
  })

  test('of versions that know no null name get an empty one', async () => {
    const { coordinator, answer } = await elected()
    const old = await answer(coordinator.joinGroup(joining({ protocols: [] }), context(6)))
    const current = await answer(coordinator.joinGroup(joining({ protocols: [] }), context(7)))
    assert.deepEqual([old.protocolName, current.protocolName], ['', null])
  })

  test('to sync must name the protocol from version 5 on', async () => {
    const { coordinator, answer } = await elected()
    const sync = {
      groupId: 'g',
      generationId: 1,
      memberId: 'm',
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: [],
    }
    const errors = [
      await answer(coordinator.syncGroup(sync, context(4))),
      await answer(coordinator.syncGroup(sync, context(5))),
    ]
    assert.deepEqual(
      errors.map(({ errorCode }) => errorName(errorCode)),
      ['UNKNOWN_MEMBER_ID', 'INCONSISTENT_GROUP_PROTOCOL'],
    )
  })

  test('to leave have one member, and its error, before version 3', async () => {
    const { coordinator, answer } = await elected()
    const leave = { groupId: 'g', memberId: 'm', members: [] }
    const old = await answer(coordinator.leaveGroup(leave, context(2)))
    assert.deepEqual(old, { errorCode: 25, members: [] })
    const members = [{ memberId: 'm', groupInstanceId: null, reason: null }]
    const current = await answer(coordinator.leaveGroup({ ...leave, members }, context(5)))
    assert.deepEqual(current, {
      errorCode: 0,
      members: [{ memberId: 'm', groupInstanceId: null, errorCode: 25 }],
    })
  })

  test('show addresses of members as Kafka does', async () => {
    const { coordinator, answer } = await elected()
    const joined = await answer(
      coordinator.joinGroup(joining({ groupInstanceId: 'i' }), context(9)),
    )
    assert.equal(joined.errorCode, 0)
    const request = { groups: ['g'], includeAuthorizedOperations: false }
    const { groups } = await answer(coordinator.describeGroups(request, context(6)))
    assert.equal(groups[0]?.groupState, 'CompletingRebalance')
    assert.equal(groups[0]?.members[0]?.clientHost, '/10.0.0.1')
  })
})

describe('groups', () => {
  test('of all shards are listed, by state and type', async () => {
    const { coordinator, answer } = await elected()
    const names = ['a', 'b', 'c', 'd']
    assert.ok(new Set(names.map(name => coordinatorPartition(name, PARTITIONS))).size > 1)
    for (const name of names) await answer(coordinator.offsetCommit(committing(name), context(9)))
    await answer(coordinator.joinGroup(joining({ groupInstanceId: 'i' }), context(9)))
    const list = async (statesFilter: string[], typesFilter: string[]) => {
      const request = { statesFilter, typesFilter }
      const { groups } = await answer(coordinator.listGroups(request, context(5)))
      return groups.map(({ groupId }) => groupId).toSorted()
    }
    assert.deepEqual(await list([], []), [...names, 'g'])
    assert.deepEqual(await list(['empty'], ['Classic']), names)
    assert.deepEqual(await list(['completingrebalance'], []), ['g'])
    assert.deepEqual(await list([], ['consumer']), [])
  })

  test('that are not there are Dead, and an error from version 6 on', async () => {
    const { coordinator, answer } = await elected()
    const request = { groups: ['nobody'], includeAuthorizedOperations: false }
    const old = await answer(coordinator.describeGroups(request, context(5)))
    const current = await answer(coordinator.describeGroups(request, context(6)))
    assert.deepEqual(
      [old, current].map(({ groups }) => [groups[0]?.groupState, groups[0]?.errorCode]),
      [
        ['Dead', 0],
        ['Dead', 69],
      ],
    )
    assert.equal(current.groups[0]?.errorMessage, 'Group nobody not found.')
  })

  test('are deleted with their offsets, unless they have members', async () => {
    const { coordinator, answer } = await elected()
    await answer(coordinator.offsetCommit(committing('idle'), context(9)))
    await answer(coordinator.joinGroup(joining({ groupInstanceId: 'i' }), context(9)))
    const request = { groupsNames: ['idle', 'g', 'nobody', 'idle'] }
    const { results } = await answer(coordinator.deleteGroups(request, context(2)))
    assert.deepEqual(
      results.map(({ groupId, errorCode }) => [groupId, errorName(errorCode)]),
      [
        ['idle', 'NONE'],
        ['g', 'NON_EMPTY_GROUP'],
        ['nobody', 'GROUP_ID_NOT_FOUND'],
      ],
    )
    const fetched = await answer(coordinator.offsetFetch(fetching('idle'), context(8)))
    assert.deepEqual(fetched.groups?.[0]?.topics, [])
  })

  test('that are old and empty go with the regular look at offsets', async () => {
    const { coordinator, answer, time } = await elected()
    await answer(coordinator.offsetCommit(committing('g'), context(9)))
    await time.pass(8 * DAY_MS)
    assert.deepEqual((await answer(coordinator.listGroups(everything, context(5)))).groups, [])
  })

  test('lose the offsets of topics that are deleted', async () => {
    const { coordinator, answer } = await elected()
    await answer(coordinator.offsetCommit(committing('g', 'orders'), context(9)))
    await answer(coordinator.offsetCommit(committing('g', 'payments'), context(9)))
    coordinator.topicsDeleted(['orders'])
    const { groups } = await answer(coordinator.offsetFetch(fetching('g'), context(8)))
    assert.deepEqual(
      groups?.[0]?.topics.map(({ name }) => name),
      ['payments'],
    )
  })
})

describe('must be on disk before its answer', () => {
  test('an offset that a group commits', async () => {
    const { coordinator, storage, answer } = await elected()
    await answer(coordinator.offsetCommit(committing('g'), context(8)))
    assert.deepEqual(storage.onDisk, [true])
  })

  test('an offset that is deleted, and a group', async () => {
    const { coordinator, storage, answer } = await elected()
    await answer(coordinator.offsetCommit(committing('g'), context(8)))
    await answer(coordinator.deleteGroups({ groupsNames: ['g'] }, context(2)))
    assert.deepEqual(storage.onDisk, [true, true])
  })

  test('no group of dynamic members: they join again', async () => {
    const { coordinator, storage, answer } = await elected()
    await answer(joinAndSync(coordinator, joining()))
    assert.deepEqual(storage.onDisk, [false, false])
  })

  test('a generation with static members: known by older ids they would be fenced', async () => {
    const { coordinator, storage, answer } = await elected()
    await answer(joinAndSync(coordinator, joining({ groupInstanceId: 'i' })))
    assert.deepEqual(storage.onDisk, [false, true])
  })
})

/** One member makes a group, and assigns nothing. */
async function joinAndSync(coordinator: GroupCoordinator, request: JoinGroupRequest) {
  const { groupId, groupInstanceId } = request
  const { memberId, generationId } = await coordinator.joinGroup(request, context(3))
  const said = { groupId, groupInstanceId, generationId: generationId ?? -1, memberId }
  const sync = { ...said, protocolType: null, protocolName: null, assignments: [] }
  assert.equal((await coordinator.syncGroup(sync, context(3))).errorCode, 0)
}
