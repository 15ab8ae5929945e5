/** SEMANTICS 2e.62, 2e.64, 2e.70: what happens to groups when time passes. */
import { Apis } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import { describeGroup, Member, stableMember, untilState } from '../semantics/members.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import { createTopic } from '../semantics/steps.ts'

const DELAY_MS = 1500

export const settings = {
  'group.initial.rebalance.delay.ms': String(DELAY_MS),
  'group.min.session.timeout.ms': '500',
  'offsets.retention.check.interval.ms': '500',
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

async function newGroup(side: Side, label: string): Promise<string> {
  const groupId = side.name(label)
  await side.readyGroup(groupId)
  return groupId
}

/** Waits until a group has no members. It is removed soon after, as it has no offsets either. */
async function untilEmpty(side: Side, groupId: string): Promise<void> {
  await side.until(
    Apis.DescribeGroups,
    5,
    { groups: [groupId], includeAuthorizedOperations: false },
    ({ groups }) => ['Empty', 'Dead'].includes(groups[0]?.groupState ?? ''),
  )
}

export const cases: readonly Case[] = [
  testCase(
    '2e.62 an empty group waits for more members before its first generation',
    async side => {
      const group = await newGroup(side, 'delayed')
      const first = await Member.known(side, group)
      const second = await Member.known(side, group)
      const start = performance.now()
      const joining = first.join()
      await sleep(DELAY_MS / 3)
      await Promise.all([joining, second.join()])
      const took = performance.now() - start
      side.observe('waited', took >= DELAY_MS * 0.9 && took < DELAY_MS * 4)
      await describeGroup(side, group)
      // Not again in a group that has members.
      const third = await Member.known(side, group)
      const last = third.join()
      const again = performance.now()
      await untilState(side, group, 'PreparingRebalance')
      await Promise.all([first.join(), second.join()])
      await last
      side.observe('at once', performance.now() - again < DELAY_MS * 0.7)
    },
  ),

  testCase('2e.64 a member whose session ends is out, and the others join again', async side => {
    const group = await newGroup(side, 'session')
    const member = await stableMember(side, group, { sessionTimeoutMs: 1000 })
    await untilEmpty(side, group)
    await member.heartbeat()
  }),

  testCase(
    '2e.64 a member that does not join again in time is out, though it beats',
    async side => {
      const group = await newGroup(side, 'rebalance')
      const lazy = await stableMember(side, group, {
        rebalanceTimeoutMs: 1500,
        sessionTimeoutMs: 20_000,
      })
      const eager = await Member.known(side, group, { rebalanceTimeoutMs: 1500 })
      const joining = eager.join()
      await untilState(side, group, 'PreparingRebalance')
      await lazy.heartbeat()
      await joining
      await lazy.heartbeat()
      await describeGroup(side, group)
    },
  ),

  testCase('2e.64 who waits for others to join is not timed out meanwhile', async side => {
    const group = await newGroup(side, 'parked')
    const lazy = await stableMember(side, group, {
      rebalanceTimeoutMs: 2500,
      sessionTimeoutMs: 20_000,
    })
    const parked = await Member.known(side, group, {
      rebalanceTimeoutMs: 2500,
      sessionTimeoutMs: 600,
    })
    const joining = parked.join()
    await untilState(side, group, 'PreparingRebalance')
    await sleep(1500)
    await lazy.join()
    await joining
    await parked.heartbeat()
    await describeGroup(side, group)
  }),

  testCase('2e.64 members that never sync are out', async side => {
    const group = await newGroup(side, 'never-sync')
    const member = await Member.known(side, group, {
      rebalanceTimeoutMs: 1000,
      sessionTimeoutMs: 20_000,
    })
    await member.join()
    await untilEmpty(side, group)
    await member.heartbeat()
  }),

  testCase('2e.60 an id that nobody joins with is forgotten', async side => {
    const group = await newGroup(side, 'forgotten')
    const member = await Member.known(side, group, { sessionTimeoutMs: 600 })
    await sleep(1500)
    await member.join()
  }),

  testCase(
    '2e.70 offsets of a simple group are gone when the time that was asked for is over',
    async side => {
      const { name } = await createTopic(side, 'kept', {}, 2)
      const group = await newGroup(side, 'kept')
      const commit = (partitionIndex: number, retentionTimeMs: number) =>
        side.ask(Apis.OffsetCommit, 4, {
          groupId: group,
          memberId: '',
          retentionTimeMs,
          topics: [
            {
              name,
              topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
              partitions: [{ partitionIndex, committedOffset: 1, committedMetadata: '' }],
            },
          ],
        })
      await commit(0, 300)
      await commit(1, 600_000)
      await side.until(
        Apis.OffsetFetch,
        5,
        { groupId: group, topics: null },
        ({ topics }) => topics[0]?.partitions.length === 1,
      )
      await side.ask(Apis.OffsetFetch, 5, { groupId: group, topics: null })
      await describeGroup(side, group)
    },
  ),

  testCase('2e.70 offsets of a group with members stay, and go when it is empty', async side => {
    const { name } = await createTopic(side, 'emptied')
    const group = await newGroup(side, 'emptied')
    const member = await stableMember(side, group, { protocols: { range: name } })
    await side.ask(Apis.OffsetCommit, 4, {
      groupId: group,
      memberId: member.memberId,
      generationIdOrMemberEpoch: member.generationId,
      retentionTimeMs: 300,
      topics: [
        {
          name,
          topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
          partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }],
        },
      ],
    })
    await sleep(1500)
    await side.ask(Apis.OffsetFetch, 5, { groupId: group, topics: null })
    await member.leave()
    await side.until(
      Apis.OffsetFetch,
      5,
      { groupId: group, topics: null },
      ({ topics }) => topics.length === 0,
    )
    // With its last offset the group goes too.
    await side.until(
      Apis.DescribeGroups,
      5,
      { groups: [group], includeAuthorizedOperations: false },
      ({ groups }) => groups[0]?.groupState === 'Dead',
    )
    await describeGroup(side, group)
  }),
]

/** What takes longer than a run may. */
export const notShown: readonly NotShown[] = [
  {
    item: '2e.70 the week for which offsets are kept',
    reason: 'the shortest is a minute; packages/coordinators tests it',
  },
]
