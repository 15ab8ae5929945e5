/** SEMANTICS 2e.60 to 2e.67: how members join, agree, stay and leave. */
import { Apis, type JoinGroupRequest, type MessageInput } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import { describeGroup, joinedBy, Member, stableMember, untilState } from '../semantics/members.ts'

/** The name of a group whose coordinator is ready. */
async function newGroup(side: Side, label: string): Promise<string> {
  const groupId = side.name(label)
  await side.readyGroup(groupId)
  return groupId
}

/** A JoinGroup as it should be, but for what is changed. */
function joinOf(
  groupId: string,
  changes: Partial<MessageInput<typeof JoinGroupRequest>> = {},
): MessageInput<typeof JoinGroupRequest> {
  return {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('m') }],
    ...changes,
  }
}

export const cases: readonly Case[] = [
  testCase('2e.60 from version 4 on a member first gets an id, and joins with it', async side => {
    for (const version of [4, 5, 9]) {
      const group = await newGroup(side, `id-${version}`)
      const { memberId } = await side.ask(Apis.JoinGroup, version, joinOf(group))
      side.observe('begins with the name of the client', memberId.startsWith('oracle-'))
      await side.ask(Apis.Heartbeat, 4, { groupId: group, generationId: -1, memberId })
      await side.ask(Apis.JoinGroup, version, joinOf(group, { memberId }))
      await describeGroup(side, group)
    }
  }),

  testCase('2e.60 up to version 3 a member joins at once', async side => {
    for (const version of [0, 1, 2, 3]) {
      const group = await newGroup(side, `direct-${version}`)
      await side.ask(Apis.JoinGroup, version, joinOf(group))
      await describeGroup(side, group)
    }
  }),

  testCase('2e.60 a static member needs no id first, one that is made up has none', async side => {
    const group = await newGroup(side, 'static')
    const { memberId } = await side.ask(Apis.JoinGroup, 5, joinOf(group, { groupInstanceId: 'i' }))
    side.observe('begins with the instance', memberId.startsWith('i-'))
    for (const version of [0, 4, 9])
      await side.ask(Apis.JoinGroup, version, joinOf(group, { memberId: 'made-up' }))
    const other = await newGroup(side, 'other')
    await side.ask(Apis.JoinGroup, 9, joinOf(other, { memberId: 'made-up' }))
    await side.ask(Apis.JoinGroup, 9, joinOf(other, { memberId: 'made-up', groupInstanceId: 'i' }))
  }),

  testCase('2e.60 a member that has its id and no more can leave', async side => {
    const group = await newGroup(side, 'pending')
    const { memberId } = await side.ask(Apis.JoinGroup, 9, joinOf(group))
    for (let i = 0; i < 2; i++)
      await side.ask(Apis.LeaveGroup, 4, { groupId: group, members: [{ memberId }] })
    await side.ask(Apis.JoinGroup, 9, joinOf(group, { memberId }))
    await describeGroup(side, group)
  }),

  testCase('2e.61 what JoinGroup refuses', async side => {
    const group = await newGroup(side, 'refused')
    for (const version of [0, 3, 4, 7, 9]) {
      const wrong: readonly Partial<MessageInput<typeof JoinGroupRequest>>[] = [
        { protocols: [] },
        { protocolType: '' },
        { protocolType: '', protocols: [] },
        { sessionTimeoutMs: 5999 },
        { sessionTimeoutMs: 1_800_001 },
        { sessionTimeoutMs: 0 },
        { sessionTimeoutMs: -1 },
        { groupId: '' },
        { memberId: 'made-up' },
      ]
      for (const changes of wrong) await side.ask(Apis.JoinGroup, version, joinOf(group, changes))
    }
    // Kafka takes any instance id.
    for (const [index, groupInstanceId] of ['', '.', 'a b', 'ä', 'x'.repeat(250)].entries())
      await side.ask(
        Apis.JoinGroup,
        9,
        joinOf(await newGroup(side, `instance-${index}`), { groupInstanceId }),
      )
    await describeGroup(side, group)
  }),

  testCase('2e.61 what Heartbeat, SyncGroup and LeaveGroup refuse', async side => {
    const group = await newGroup(side, 'strangers')
    const member = await stableMember(side, group)
    const { memberId, generationId } = member
    const ids = [
      { groupId: group, generationId: generationId + 1, memberId },
      { groupId: group, generationId: generationId - 1, memberId },
      { groupId: group, generationId: -1, memberId },
      { groupId: group, generationId, memberId: 'made-up' },
      { groupId: group, generationId, memberId: '' },
      { groupId: side.name('missing'), generationId, memberId },
      { groupId: '', generationId, memberId },
      { groupId: group, generationId, memberId, groupInstanceId: 'i' },
    ]
    for (const one of ids) {
      for (const version of [3, 4]) await side.ask(Apis.Heartbeat, version, one)
      await side.ask(Apis.SyncGroup, 3, { ...one, assignments: [] })
      await side.ask(Apis.SyncGroup, 5, {
        ...one,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: [],
      })
    }
    for (const version of [0, 2])
      for (const one of [group, side.name('missing'), ''])
        await side.ask(Apis.LeaveGroup, version, { groupId: one, memberId: 'made-up' })
    for (const version of [3, 5])
      for (const one of [group, side.name('missing'), ''])
        await side.ask(Apis.LeaveGroup, version, {
          groupId: one,
          members: [
            { memberId: 'made-up' },
            { memberId: '', groupInstanceId: 'i' },
            { memberId, groupInstanceId: 'i' },
            { memberId: '' },
          ],
        })
    await side.ask(Apis.SyncGroup, 5, {
      groupId: group,
      generationId,
      memberId,
      protocolType: 'connect',
      protocolName: 'range',
      assignments: [],
    })
    await side.ask(Apis.SyncGroup, 5, {
      groupId: group,
      generationId,
      memberId,
      protocolType: 'consumer',
      protocolName: 'roundrobin',
      assignments: [],
    })
    for (const one of [{ protocolType: 'consumer' }, { protocolName: 'range' }, {}])
      await side.ask(Apis.SyncGroup, 5, { ...ids[0]!, generationId, ...one, assignments: [] })
    await member.leave()
    await member.leave()
    await member.heartbeat()
    await describeGroup(side, group)
  }),

  testCase('2e.63 heartbeats in each state of the group', async side => {
    const group = await newGroup(side, 'states')
    const first = await Member.known(side, group)
    await first.heartbeat()
    await first.join()
    await describeGroup(side, group)
    await first.heartbeat()
    await first.sync(new Map([[first.memberId, 'all']]))
    await describeGroup(side, group)
    await first.heartbeat()
    const second = await Member.known(side, group)
    await first.heartbeat()
    const joining = second.join()
    await untilState(side, group, 'PreparingRebalance')
    await describeGroup(side, group)
    await first.heartbeat()
    await first.sync()
    await first.join()
    await joining
    await describeGroup(side, group)
    await first.heartbeat()
    await second.heartbeat()
  }),

  testCase(
    '2e.64 members that sync wait for the leader, and get nothing where it left them out',
    async side => {
      const group = await newGroup(side, 'assigned')
      const first = await stableMember(side, group)
      const second = await joinedBy(side, group, first)
      const third = await Member.known(side, group)
      const joining = third.join()
      await untilState(side, group, 'PreparingRebalance')
      await Promise.all([first.join(), second.join()])
      await joining
      const waiting = [second.sync(), third.sync()]
      await new Promise(resolve => setTimeout(resolve, 200))
      await describeGroup(side, group)
      await first.sync(
        new Map([
          [first.memberId, 'one'],
          [third.memberId, 'three'],
          ['made-up', 'four'],
        ]),
      )
      await Promise.all(waiting)
      await describeGroup(side, group)
      // Asked again, the assignment is the same; what a follower brings is not looked at.
      await first.sync(new Map([[first.memberId, 'other']]))
      await second.sync(new Map([[second.memberId, 'other']]))
      await third.sync()
    },
  ),

  testCase('2e.64 a member that leaves while others sync sends them back', async side => {
    const group = await newGroup(side, 'sent-back')
    const first = await stableMember(side, group)
    const second = await joinedBy(side, group, first)
    const waiting = second.sync()
    await new Promise(resolve => setTimeout(resolve, 200))
    await first.leave()
    await waiting
    await second.join()
    await describeGroup(side, group)
  }),

  testCase(
    '2e.65 a static member that comes back gets a new id, and the old one is fenced',
    async side => {
      const group = await newGroup(side, 'restarted')
      const before = await stableMember(side, group, { instance: 'i' })
      const after = await Member.open(side, group, { instance: 'i' })
      await after.join()
      await describeGroup(side, group)
      await before.heartbeat()
      await before.sync()
      await before.join()
      await before.leave()
      await after.heartbeat()
      await after.sync()
      // A change of what it offers begins a rebalance, as does a version that cannot skip the assignment.
      const changed = await Member.open(side, group, {
        instance: 'i',
        protocols: { range: 'other' },
      })
      await changed.join()
      const old = await Member.open(side, group, {
        instance: 'i',
        protocols: { range: 'other' },
        version: 8,
      })
      await old.join()
      await describeGroup(side, group)
    },
  ),

  testCase('2e.65 two of the same instance at once', async side => {
    const group = await newGroup(side, 'both')
    const first = await stableMember(side, group, { instance: 'a' })
    const second = await joinedBy(side, group, first, { instance: 'b' })
    const waiting = second.sync()
    await new Promise(resolve => setTimeout(resolve, 200))
    const again = await Member.open(side, group, { instance: 'b' })
    const joining = again.join()
    await waiting
    await untilState(side, group, 'PreparingRebalance')
    await first.heartbeat()
    await first.join()
    await joining
    await describeGroup(side, group)
  }),

  testCase('2e.65 an operator removes static members by their instance', async side => {
    const group = await newGroup(side, 'removed')
    const member = await stableMember(side, group, { instance: 'i' })
    await side.ask(Apis.LeaveGroup, 4, {
      groupId: group,
      members: [{ memberId: '', groupInstanceId: 'i' }],
    })
    await member.heartbeat()
    await describeGroup(side, group)
  }),

  testCase('2e.66 the protocol is one that all offer, by the most votes', async side => {
    const group = await newGroup(side, 'vote')
    const first = await stableMember(side, group, { protocols: { a: '1a', b: '1b', c: '1c' } })
    const second = await joinedBy(side, group, first, { protocols: { c: '2c', b: '2b' } })
    const third = await Member.known(side, group, { protocols: { c: '3c', b: '3b', a: '3a' } })
    const joining = third.join()
    await untilState(side, group, 'PreparingRebalance')
    await Promise.all([first.join(), second.join()])
    await joining
    await describeGroup(side, group)
    // Nothing in common, or another kind of group.
    await side.ask(
      Apis.JoinGroup,
      9,
      joinOf(group, { protocols: [{ name: 'd', metadata: Buffer.of(1) }] }),
    )
    await side.ask(
      Apis.JoinGroup,
      9,
      joinOf(group, { protocols: [{ name: 'a', metadata: Buffer.of(1) }] }),
    )
    await side.ask(
      Apis.JoinGroup,
      3,
      joinOf(group, {
        protocolType: 'connect',
        protocols: [{ name: 'c', metadata: Buffer.of(1) }],
      }),
    )
  }),

  testCase('2e.66 only the leader sees the members', async side => {
    for (const version of [4, 5, 7, 9]) {
      const group = await newGroup(side, `seen-${version}`)
      const first = await stableMember(side, group, { version })
      await joinedBy(side, group, first, { version, instance: version < 5 ? null : 'i' })
    }
  }),

  testCase('2e.66 who has to join again when somebody does', async side => {
    const group = await newGroup(side, 'again')
    const leader = await stableMember(side, group)
    const follower = await joinedBy(side, group, leader)
    const waiting = follower.sync()
    await leader.sync(
      new Map([
        [leader.memberId, 'one'],
        [follower.memberId, 'two'],
      ]),
    )
    await waiting
    // A follower with nothing new gets what there is.
    await follower.join()
    await leader.heartbeat()
    // With something new it sends the others back.
    follower.protocols = { range: 'new' }
    const changed = follower.join()
    await untilState(side, group, 'PreparingRebalance')
    await leader.heartbeat()
    await leader.join()
    await changed
    const again = follower.sync()
    await leader.sync(new Map([[leader.memberId, 'all']]))
    await again
    // The leader always has a reason.
    const asked = leader.join()
    await untilState(side, group, 'PreparingRebalance')
    await follower.heartbeat()
    await follower.join()
    await asked
    await describeGroup(side, group)
  }),

  testCase('2e.67 what cooperative members own travels inside their subscriptions', async side => {
    const group = await newGroup(side, 'cooperative')
    const first = await stableMember(side, group, {
      protocols: { 'cooperative-sticky': 'owns nothing' },
    })
    first.protocols = { 'cooperative-sticky': 'owns 0 and 1 of generation 1' }
    await joinedBy(side, group, first, { protocols: { 'cooperative-sticky': 'owns nothing' } })
    await describeGroup(side, group)
  }),
]

/** Items of 2e about members that are not shown here. */
export const notShown: readonly NotShown[] = [
  {
    item: '2e.60 the state of a group whose only member has its id and no more',
    reason: 'Kafka 4.3.1 says Dead or Empty, depending on what else was written meanwhile',
  },
]
