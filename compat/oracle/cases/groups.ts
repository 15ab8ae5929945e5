/** The classic group protocol with one member: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, DescribeGroups, ListGroups, DeleteGroups, FindCoordinator. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { versionsOf } from '../requests.ts'

/** A subscription to nothing. */
const metadata = Buffer.alloc(10)
const protocols = (...names: readonly string[]) => names.map(name => ({ name, metadata }))

interface Join {
  readonly groupId?: string
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly protocolType?: string
  readonly protocols?: ReturnType<typeof protocols>
}

function join(side: Side, version: number, groupId: string, options: Join = {}) {
  return side.ask(Apis.JoinGroup, version, {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: protocols('range', 'roundrobin'),
    ...options,
  })
}

/** Joins, in two steps where the version asks for them. */
async function joined(side: Side, version: number, groupId: string) {
  const first = await join(side, version, groupId)
  return version < 4 ? first : join(side, version, groupId, { memberId: first.memberId })
}

/** A group whose only member is stable. */
async function stable(side: Side, groupId: string) {
  await side.readyGroup(groupId)
  const { memberId, generationId } = await joined(side, 9, groupId)
  await side.ask(Apis.SyncGroup, 5, {
    groupId,
    generationId,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('mine') }],
  })
  return { memberId, generationId }
}

export const cases = [
  ...versionsOf(Apis.FindCoordinator).map(version =>
    testCase(`coordinators are found, FindCoordinator v${version}`, async side => {
      await side.readyGroup(side.name('g'))
      const find = (keyType: number, ...keys: readonly string[]) =>
        side.ask(Apis.FindCoordinator, version, {
          ...(version >= 4 ? { coordinatorKeys: keys } : { key: keys[0] ?? '' }),
          ...(version >= 1 && { keyType }),
        })
      await find(0, side.name('g'))
      await find(0, side.name('other'))
      await find(0, '')
      if (version >= 1) for (const keyType of [3, -1, 127]) await find(keyType, 'x')
      if (version >= 4) {
        await find(0)
        await find(0, 'a', 'b', '', 'a')
      }
    }),
  ),

  ...versionsOf(Apis.JoinGroup).map(version =>
    testCase(`a member joins, JoinGroup v${version}`, async side => {
      const group = side.name('g')
      await side.readyGroup(group)
      for (const options of [
        { groupId: '' },
        { sessionTimeoutMs: 10 },
        { sessionTimeoutMs: 4_000_000 },
        { protocols: [] },
        { protocolType: '' },
        { memberId: 'nobody' },
        ...(version >= 5 ? [{ memberId: 'nobody', groupInstanceId: 'i' }] : []),
      ])
        await join(side, version, group, options)
      await side.ask(Apis.DescribeGroups, 5, { groups: [group] })
      let answer = await join(side, version, group)
      if (version >= 4) {
        await side.ask(Apis.DescribeGroups, 5, { groups: [group] })
        answer = await join(side, version, group, { memberId: answer.memberId })
      }
      await side.ask(Apis.DescribeGroups, 5, { groups: [group] })
      const { memberId, generationId } = answer
      await join(side, version, group, { memberId, protocolType: 'connect' })
      await join(side, version, group, { protocolType: 'connect' })
      await join(side, version, group, { protocols: protocols('other') })
      await join(side, version, group, { memberId })
      await side.ask(Apis.Heartbeat, 4, { groupId: group, generationId, memberId })
      await side.ask(Apis.LeaveGroup, 1, { groupId: group, memberId })
      await side.ask(Apis.LeaveGroup, 1, { groupId: group, memberId })
      await side.ask(Apis.DescribeGroups, 5, { groups: [group] })
    }),
  ),

  ...versionsOf(Apis.SyncGroup).map(version =>
    testCase(`assignments are handed out, SyncGroup v${version}`, async side => {
      const groupId = side.name('g')
      await side.readyGroup(groupId)
      const { memberId, generationId } = await joined(side, 9, groupId)
      const sync = (options: {
        groupId?: string
        memberId?: string
        generationId?: number
        groupInstanceId?: string
        protocolType?: string | null
        protocolName?: string | null
        assignments?: readonly { readonly memberId: string; readonly assignment: Buffer }[]
      }) =>
        side.ask(Apis.SyncGroup, version, {
          groupId,
          generationId,
          memberId,
          ...(version >= 5 && { protocolType: 'consumer', protocolName: 'range' }),
          assignments: [{ memberId, assignment: Buffer.from('mine') }],
          ...options,
        })
      for (const generation of [77, -1, 0]) await sync({ generationId: generation })
      for (const member of ['x', '']) await sync({ memberId: member })
      for (const group of ['', side.name('missing')]) await sync({ groupId: group })
      if (version >= 5) {
        await sync({ protocolName: 'zzz' })
        await sync({ protocolType: 'zzz' })
        await sync({ protocolName: null, protocolType: null })
      }
      if (version >= 3) await sync({ groupInstanceId: 'foo' })
      await sync({})
      await sync({ assignments: [] })
      await sync({ assignments: [{ memberId, assignment: Buffer.from('other') }] })
      await side.ask(Apis.DescribeGroups, 6, { groups: [groupId] })
    }),
  ),

  ...versionsOf(Apis.Heartbeat).map(version =>
    testCase(`heartbeats, Heartbeat v${version}`, async side => {
      const groupId = side.name('g')
      const { memberId, generationId } = await stable(side, groupId)
      const beat = (options: {
        groupId?: string
        memberId?: string
        generationId?: number
        groupInstanceId?: string
      }) => side.ask(Apis.Heartbeat, version, { groupId, generationId, memberId, ...options })
      await beat({})
      for (const generation of [0, 5, -1]) await beat({ generationId: generation })
      for (const member of ['x', '']) await beat({ memberId: member })
      for (const group of ['', side.name('missing')]) await beat({ groupId: group })
      if (version >= 3) await beat({ groupInstanceId: 'foo' })
    }),
  ),

  ...versionsOf(Apis.LeaveGroup).map(version =>
    testCase(`a member leaves, LeaveGroup v${version}`, async side => {
      const groupId = side.name('g')
      const { memberId } = await stable(side, groupId)
      const leave = (
        group: string,
        ...members: readonly { memberId: string; groupInstanceId?: string }[]
      ) =>
        side.ask(
          Apis.LeaveGroup,
          version,
          version < 3
            ? { groupId: group, memberId: members[0]?.memberId ?? '' }
            : {
                groupId: group,
                members: members.map(member => ({
                  ...member,
                  ...(version >= 5 && { reason: 'why' }),
                })),
              },
        )
      await leave(groupId, { memberId: 'x' })
      await leave(groupId, { memberId: '' })
      await leave(side.name('missing'), { memberId })
      await leave('', { memberId })
      if (version >= 3) {
        await leave(groupId, { memberId: '', groupInstanceId: 'foo' })
        await leave(groupId, { memberId, groupInstanceId: 'foo' })
        await leave(groupId)
        await leave(groupId, { memberId: 'a' }, { memberId: 'b', groupInstanceId: 'i' })
        await leave(groupId, { memberId: 'a' }, { memberId })
      } else await leave(groupId, { memberId })
      await leave(groupId, { memberId })
      await side.ask(Apis.DescribeGroups, 5, { groups: [groupId] })
    }),
  ),

  testCase('groups are described in every state', async side => {
    const [groupId, missing] = [side.name('g'), side.name('missing')]
    await side.readyGroup(groupId)
    const describe = async () => {
      for (const version of versionsOf(Apis.DescribeGroups))
        for (const includeAuthorizedOperations of version >= 3 ? [false, true] : [false])
          for (const groups of [[groupId], [missing], [''], [missing, groupId, groupId], []])
            await side.ask(Apis.DescribeGroups, version, { groups, includeAuthorizedOperations })
    }
    const first = await join(side, 9, groupId)
    await describe()
    const { generationId, memberId } = await join(side, 9, groupId, { memberId: first.memberId })
    await describe()
    await side.ask(Apis.SyncGroup, 5, {
      groupId,
      generationId,
      memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId, assignment: Buffer.from('mine') }],
    })
    await describe()
    await side.ask(Apis.LeaveGroup, 5, { groupId, members: [{ memberId }] })
    await describe()
    await side.ask(Apis.DeleteGroups, 2, { groupsNames: [groupId] })
    await describe()
  }),

  testCase('groups are listed', async side => {
    const [one, two] = [side.name('one'), side.name('two')]
    const { memberId } = await stable(side, one)
    await stable(side, two)
    const list = async () => {
      for (const version of versionsOf(Apis.ListGroups)) {
        await side.ask(Apis.ListGroups, version, {})
        if (version >= 4)
          for (const statesFilter of [
            ['Stable'],
            ['Empty'],
            ['eMPTY', 'stable'],
            ['Nonsense'],
            ['PreparingRebalance', 'Dead'],
          ])
            await side.ask(Apis.ListGroups, version, { statesFilter })
        if (version >= 5)
          for (const typesFilter of [
            ['classic'],
            ['CLASSIC'],
            ['consumer'],
            ['foo'],
            ['share', 'classic'],
          ])
            await side.ask(Apis.ListGroups, version, { typesFilter })
        if (version >= 5)
          await side.ask(Apis.ListGroups, version, {
            statesFilter: ['Empty'],
            typesFilter: ['classic'],
          })
      }
    }
    await list()
    await side.ask(Apis.LeaveGroup, 5, { groupId: one, members: [{ memberId }] })
    await list()
  }),

  testCase('groups are deleted', async side => {
    const [groupId, missing] = [side.name('g'), side.name('missing')]
    for (const version of versionsOf(Apis.DeleteGroups)) {
      const { memberId } = await stable(side, groupId)
      const remove = (...groupsNames: readonly string[]) =>
        side.ask(Apis.DeleteGroups, version, { groupsNames })
      await remove(groupId)
      await remove(missing)
      await remove('')
      await remove(groupId, missing, '')
      await remove()
      await side.ask(Apis.LeaveGroup, 5, { groupId, members: [{ memberId }] })
      await remove(missing, groupId)
      await remove(groupId)
    }
  }),
]
