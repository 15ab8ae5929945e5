/** Groups of several members, static members, and what a restart leaves of a group. */
import { Apis } from '@moldau/protocol'
import { type Connection, type Side, testCase } from '../case.ts'
import { versionsOf } from '../requests.ts'

const protocols = (text: string, ...names: readonly string[]) =>
  names.map(name => ({ name, metadata: Buffer.from(`\0\0\0\0\0\0${text}`) }))

interface Join {
  readonly memberId?: string
  readonly groupInstanceId?: string
  readonly protocols?: ReturnType<typeof protocols>
}

function join(
  connection: Pick<Connection, 'ask'>,
  version: number,
  groupId: string,
  options: Join = {},
) {
  return connection.ask(Apis.JoinGroup, version, {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: protocols('', 'range', 'roundrobin'),
    ...options,
  })
}

interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly generationId: number
  readonly groupInstanceId?: string
}

function sync(
  connection: Pick<Connection, 'ask'>,
  member: Member,
  protocolName: string,
  assignments: Readonly<Record<string, string>> = {},
) {
  return connection.ask(Apis.SyncGroup, 5, {
    ...member,
    protocolType: 'consumer',
    protocolName,
    assignments: Object.entries(assignments).map(([memberId, text]) => ({
      memberId,
      assignment: Buffer.from(text),
    })),
  })
}

function commit(connection: Pick<Connection, 'ask'>, member: Member, topic: string) {
  const { generationId, ...rest } = member
  return connection.ask(Apis.OffsetCommit, 8, {
    ...rest,
    generationIdOrMemberEpoch: generationId,
    topics: [
      {
        name: topic,
        partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }],
      },
    ],
  })
}

const beat = (connection: Pick<Connection, 'ask'>, member: Member) =>
  connection.ask(Apis.Heartbeat, 4, member)

/** Waits until the group has so many members in a state. */
async function inState(side: Side, groupId: string, state: string, members: number) {
  await side.until(
    Apis.DescribeGroups,
    5,
    { groups: [groupId] },
    ({ groups }) => groups[0]?.groupState === state && groups[0].members.length === members,
  )
}

export const cases = [
  ...versionsOf(Apis.JoinGroup).map(version =>
    testCase(`a second member comes and goes, JoinGroup v${version}`, async side => {
      const groupId = side.name('g')
      const topic = side.name('t')
      await side.createTopic(topic)
      await side.readyGroup(groupId)
      const connection = await side.connection()
      const enter = async (one: Pick<Connection, 'ask'>, options: Join) => {
        if (version < 4) return join(one, version, groupId, options)
        const { memberId } = await join(one, version, groupId, options)
        return join(one, version, groupId, { ...options, memberId })
      }
      const { memberId: a, generationId } = await enter(side, {})
      const first = { groupId, memberId: a, generationId }
      await sync(side, first, 'range', { [a]: 'A1' })
      const bJoins = enter(connection, { protocols: protocols('', 'roundrobin', 'sticky') })
      await inState(side, groupId, 'PreparingRebalance', 2)
      await beat(side, first)
      await commit(side, first, topic)
      await sync(side, first, 'range')
      const again = await join(side, version, groupId, { memberId: a })
      const b = await bJoins
      const members = again.members.map(({ memberId }) => memberId)
      side.observe('the leader sees', members.length)
      side.observe('b sees', b.members.length)
      const now = { groupId, memberId: a, generationId: again.generationId }
      const other = { groupId, memberId: b.memberId, generationId: b.generationId }
      await commit(side, now, topic)
      const bSyncs = sync(connection, other, 'roundrobin')
      await sync(side, now, 'roundrobin', { [a]: 'A2', [b.memberId]: 'B2' })
      await bSyncs
      for (const member of [now, other, first]) await beat(side, member)
      await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
      await commit(connection, other, topic)
      await join(connection, version, groupId, {
        memberId: b.memberId,
        protocols: protocols('', 'roundrobin', 'sticky'),
      })
      await connection.ask(Apis.LeaveGroup, 5, { groupId, members: [{ memberId: b.memberId }] })
      await beat(side, now)
      const last = await join(side, version, groupId, { memberId: a })
      await sync(side, { ...now, generationId: last.generationId }, 'range', { [a]: 'A3' })
      await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
    }),
  ),

  ...versionsOf(Apis.JoinGroup)
    .filter(version => version >= 5)
    .map(version =>
      testCase(`a static member comes back, JoinGroup v${version}`, async side => {
        const groupId = side.name('g')
        const topic = side.name('t')
        await side.createTopic(topic)
        await side.readyGroup(groupId)
        const enter = (options: Join = {}) =>
          join(side, version, groupId, { groupInstanceId: 'inst', ...options })
        const { memberId: old, generationId } = await enter()
        const instance = { groupId, generationId, groupInstanceId: 'inst' }
        await sync(side, { ...instance, memberId: old }, 'range', { [old]: 'AA' })
        const { memberId } = await enter()
        await enter({ memberId: old })
        const members: readonly Member[] = [
          { ...instance, memberId: old },
          { ...instance, memberId },
          { groupId, generationId, memberId },
          { ...instance, memberId, groupInstanceId: 'zzz' },
        ]
        for (const member of members) {
          await sync(side, member, 'range')
          await beat(side, member)
          await commit(side, member, topic)
        }
        const changed = await enter({ protocols: protocols('x', 'range') })
        await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
        for (const version2 of [3, 4, 5]) {
          await side.ask(Apis.LeaveGroup, version2, {
            groupId,
            members: [{ memberId: old, groupInstanceId: 'inst' }],
          })
          await side.ask(Apis.LeaveGroup, version2, {
            groupId,
            members: [{ memberId: changed.memberId, groupInstanceId: 'zzz' }],
          })
        }
        await side.ask(Apis.LeaveGroup, 5, {
          groupId,
          members: [
            { memberId: '', groupInstanceId: 'inst' },
            { memberId: '', groupInstanceId: 'inst' },
          ],
        })
        await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
      }),
    ),

  testCase('a member that is silent is dropped', async side => {
    const groupId = side.name('g')
    await side.readyGroup(groupId)
    const { memberId } = await join(side, 9, groupId)
    const request = {
      groupId,
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 6000,
      memberId,
      protocolType: 'consumer',
      protocols: protocols('', 'range'),
    }
    const { generationId } = await side.ask(Apis.JoinGroup, 9, request)
    await inState(side, groupId, 'Empty', 0)
    await beat(side, { groupId, memberId, generationId })
    await side.ask(Apis.JoinGroup, 9, request)
    await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
  }),

  testCase('a group outlives a restart', async side => {
    const [groupId, simple] = [side.name('g'), side.name('simple')]
    const topic = side.name('t')
    await side.createTopic(topic, { partitions: 2 })
    await side.readyGroup(groupId)
    await side.readyGroup(simple)
    const { memberId, generationId } = await join(side, 9, groupId, { groupInstanceId: 'inst' })
    const member = { groupId, memberId, generationId, groupInstanceId: 'inst' }
    await sync(side, member, 'range', { [memberId]: 'asg' })
    await commit(side, member, topic)
    await commit(side, { groupId: simple, memberId: '', generationId: -1 }, topic)
    await side.restart()
    await side.readyGroup(groupId)
    await side.readyGroup(simple)
    await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
    await side.ask(Apis.DescribeGroups, 5, { groups: [simple] })
    for (const id of [groupId, simple]) {
      await side.ask(Apis.OffsetFetch, 7, { groupId: id, topics: null })
      await side.ask(Apis.OffsetFetch, 8, {
        groups: [{ groupId: id, topics: [{ name: topic, partitionIndexes: [0, 1] }] }],
      })
    }
    await beat(side, member)
    await commit(side, member, topic)
    await sync(side, member, 'range')
    const back = await join(side, 9, groupId, { groupInstanceId: 'inst' })
    await beat(side, member)
    await beat(side, { ...member, memberId: back.memberId, generationId: back.generationId })
  }),
]
