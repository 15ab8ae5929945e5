/** SEMANTICS 2e.68 to 2e.72: committed offsets, where they are kept, and groups from outside. */
import { Apis, type OffsetCommitRequest, type MessageInput } from '@moldau/protocol'
import { testCase, type Case, type Side } from '../case.ts'
import {
  describeGroup,
  joinedBy,
  Member,
  stableMember,
  subscriptionTo,
} from '../semantics/members.ts'
import type { NotShown } from '../semantics/not-shown.ts'
import { createTopic } from '../semantics/steps.ts'

/** As the brokers of all cases are told. */
const OFFSETS_PARTITIONS = 4

type Commit = MessageInput<typeof OffsetCommitRequest>

/** A commit of one offset from outside of the group, but for what is changed. */
function commitOf(
  groupId: string,
  topic: string,
  changes: Partial<Commit> = {},
  offset = 5,
): Commit {
  return {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [
      {
        name: topic,
        topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
        partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: 'note' }],
      },
    ],
    ...changes,
  }
}

/** Fetches all offsets of a group. */
async function fetchAll(side: Side, groupId: string): Promise<void> {
  await side.ask(Apis.OffsetFetch, 7, { groupId, topics: null })
}

/** The ends of the partitions that keep offsets. */
async function endsOfOffsets(side: Side): Promise<number[]> {
  const partitions = Array.from({ length: OFFSETS_PARTITIONS }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: -1,
  }))
  const { topics } = await side.quiet(Apis.ListOffsets, 5, {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: '__consumer_offsets', partitions }],
  })
  const rows = topics[0]?.partitions ?? []
  return rows.toSorted((a, b) => a.partitionIndex - b.partitionIndex).map(({ offset }) => offset)
}

export const cases: readonly Case[] = [
  testCase(
    '2e.71 the name of a group decides which partition keeps its offsets, by the hash of Java',
    async side => {
      const { name } = await createTopic(side, 'kept')
      // The hash of the third is the smallest number there is; the last ones are not of one unit per letter.
      for (const group of ['a', 'my-group', 'polygenelubricants', 'naïve', '日本', '😀 groups']) {
        await side.readyGroup(group)
        const before = await endsOfOffsets(side)
        await side.ask(Apis.OffsetCommit, 8, commitOf(group, name))
        const after = await endsOfOffsets(side)
        side.observe(
          group,
          after.map((end, index) => end - (before[index] ?? 0)),
        )
      }
    },
  ),

  testCase(
    '2e.68 a group without members takes commits from anybody, and is a simple one',
    async side => {
      const { name } = await createTopic(side, 'simple')
      for (const version of [2, 5, 6, 7, 9]) {
        const group = side.name(`simple-${version}`)
        await side.readyGroup(group)
        await side.ask(Apis.OffsetCommit, version, commitOf(group, name))
        await side.ask(Apis.OffsetCommit, version, commitOf(group, name, { memberId: 'made-up' }))
        await side.ask(
          Apis.OffsetCommit,
          version,
          commitOf(group, name, { generationIdOrMemberEpoch: 3 }),
        )
        await side.ask(
          Apis.OffsetCommit,
          version,
          commitOf(group, name, { generationIdOrMemberEpoch: 3, memberId: 'made-up' }),
        )
        await describeGroup(side, group)
        await fetchAll(side, group)
      }
      const missing = side.name('never')
      await side.readyGroup(missing)
      await side.ask(
        Apis.OffsetCommit,
        8,
        commitOf(missing, name, { generationIdOrMemberEpoch: 3 }),
      )
      await side.ask(Apis.OffsetCommit, 8, commitOf('', name))
      await side.ask(Apis.OffsetCommit, 8, { ...commitOf(missing, name), topics: [] })
    },
  ),

  testCase('2e.68 a group with members takes commits of its generation only', async side => {
    const { name } = await createTopic(side, 'members')
    const group = side.name('members')
    await side.readyGroup(group)
    const member = await Member.known(side, group)
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name, { memberId: member.memberId }))
    await member.join()
    const { memberId, generationId } = member
    const own = { memberId, generationIdOrMemberEpoch: generationId }
    // The members have joined and not synced.
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name, own))
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name))
    await member.sync(new Map([[memberId, 'all']]))
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name, own))
    const wrong: readonly Partial<Commit>[] = [
      {},
      { ...own, generationIdOrMemberEpoch: generationId + 1 },
      { ...own, generationIdOrMemberEpoch: generationId - 1 },
      { ...own, generationIdOrMemberEpoch: -1 },
      { ...own, memberId: 'made-up' },
      { ...own, memberId: '' },
      { ...own, groupInstanceId: 'i' },
    ]
    for (const one of wrong)
      for (const version of [7, 9])
        await side.ask(Apis.OffsetCommit, version, commitOf(group, name, one, 9))
    await fetchAll(side, group)
  }),

  testCase('2e.68 a member may commit while others want to join', async side => {
    const { name } = await createTopic(side, 'preparing')
    const group = side.name('preparing')
    await side.readyGroup(group)
    const first = await stableMember(side, group)
    const { memberId, generationId } = first
    const own = { memberId, generationIdOrMemberEpoch: generationId }
    const second = await Member.known(side, group)
    const joining = second.join()
    await side.until(
      Apis.DescribeGroups,
      4,
      { groups: [group], includeAuthorizedOperations: false },
      ({ groups }) => groups[0]?.groupState === 'PreparingRebalance',
    )
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name, own))
    await first.join()
    await joining
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name, own))
    await fetchAll(side, group)
  }),

  testCase(
    '2e.68 metadata comes back as it was, up to its limit, and topics must be there',
    async side => {
      const { name, id } = await createTopic(side, 'notes', {}, 2)
      const group = side.name('notes')
      await side.readyGroup(group)
      const noted = (committedMetadata: string | null, partitionIndex = 0, topic = name) => ({
        ...commitOf(group, topic),
        topics: [
          {
            name: topic,
            topicId: id,
            partitions: [
              { partitionIndex, committedOffset: 7, committedMetadata, committedLeaderEpoch: 3 },
            ],
          },
        ],
      })
      for (const text of [
        'ä日😀',
        '',
        null,
        'x'.repeat(4096),
        'x'.repeat(4097),
        'ä'.repeat(4096),
      ]) {
        await side.ask(Apis.OffsetCommit, 8, noted(text))
        await fetchAll(side, group)
      }
      await side.ask(Apis.OffsetCommit, 8, noted('a', 5))
      await side.ask(Apis.OffsetCommit, 8, noted('a', -1))
      for (const version of [2, 8, 9])
        await side.ask(Apis.OffsetCommit, version, noted('a', 0, side.name('missing')))
      for (const offset of [0, -1, -5, 2 ** 53 - 1, 2 ** 63])
        await side.attempt(Apis.OffsetCommit, 8, commitOf(group, name, {}, offset))
      await fetchAll(side, group)
      await side.ask(Apis.OffsetCommit, 10, noted('by id', 1))
      await side.ask(Apis.OffsetCommit, 10, {
        ...noted('a'),
        topics: [
          {
            topicId: 'BBBBBBBBBBBBBBBBBBBBBA',
            name: '',
            partitions: [{ partitionIndex: 0, committedOffset: 7, committedMetadata: null }],
          },
        ],
      })
      await fetchAll(side, group)
    },
  ),

  testCase('2e.69 what OffsetFetch tells of what there is not', async side => {
    const { name, id } = await createTopic(side, 'fetched', {}, 2)
    const group = side.name('fetched')
    await side.readyGroup(group)
    await side.ask(Apis.OffsetCommit, 8, commitOf(group, name))
    for (const groupId of [group, side.name('never'), ''])
      for (const version of [1, 2, 5, 6, 7]) {
        await side.ask(Apis.OffsetFetch, version, {
          groupId,
          topics: [
            { name, partitionIndexes: [0, 1, 9] },
            { name: side.name('missing'), partitionIndexes: [0] },
          ],
        })
        if (version >= 2) await side.ask(Apis.OffsetFetch, version, { groupId, topics: null })
        await side.ask(Apis.OffsetFetch, version, { groupId, topics: [] })
      }
    for (const version of [8, 9])
      await side.ask(Apis.OffsetFetch, version, {
        groups: [
          { groupId: group, topics: null },
          { groupId: side.name('never'), topics: [{ name, topicId: id, partitionIndexes: [0] }] },
          { groupId: group, topics: [{ name, topicId: id, partitionIndexes: [1] }] },
        ],
        requireStable: true,
      })
    await side.ask(Apis.OffsetFetch, 10, {
      groups: [
        { groupId: group, topics: [{ name, topicId: id, partitionIndexes: [0, 1] }] },
        {
          groupId: side.name('never'),
          topics: [{ name: '', topicId: 'BBBBBBBBBBBBBBBBBBBBBA', partitionIndexes: [0] }],
        },
      ],
    })
    await side.raw(
      'null in version 1',
      Buffer.from('00000013000900010000000100026162000167ffffffff', 'hex'),
    )
  }),

  testCase(
    '2e.72 groups that are not there, in DescribeGroups, DeleteGroups and OffsetDelete',
    async side => {
      const missing = side.name('missing')
      await side.readyGroup(missing)
      for (const version of [0, 3, 4, 5, 6])
        await side.ask(Apis.DescribeGroups, version, {
          groups: [missing, ''],
          includeAuthorizedOperations: false,
        })
      for (const version of [0, 1, 2])
        await side.ask(Apis.DeleteGroups, version, { groupsNames: [missing, ''] })
      await side.ask(Apis.OffsetDelete, 0, { groupId: missing, topics: [] })
      await side.ask(Apis.OffsetDelete, 0, {
        groupId: missing,
        topics: [{ name: 'a', partitions: [{ partitionIndex: 0 }] }],
      })
    },
  ),

  testCase('2e.72 only groups without members can be deleted', async side => {
    const group = side.name('full')
    await side.readyGroup(group)
    const member = await stableMember(side, group)
    for (const version of [0, 2])
      await side.ask(Apis.DeleteGroups, version, { groupsNames: [group] })
    await member.leave()
    await describeGroup(side, group)
    await side.ask(Apis.DeleteGroups, 2, { groupsNames: [group, group] })
    await describeGroup(side, group)
    await member.heartbeat()
  }),

  testCase('2e.72 offsets of topics that members subscribe to cannot be deleted', async side => {
    const topic = await createTopic(side, 'subscribed')
    const other = await createTopic(side, 'other')
    const group = side.name('subscribed')
    await side.readyGroup(group)
    const first = await stableMember(side, group, { protocols: { range: topic.name } })
    const second = await joinedBy(side, group, first, { protocols: { range: topic.name } })
    const waiting = second.sync()
    await first.sync(new Map([[first.memberId, 'all']]))
    await waiting
    const { memberId, generationId } = first
    const own = { memberId, generationIdOrMemberEpoch: generationId }
    for (const { name } of [topic, other])
      await side.ask(Apis.OffsetCommit, 8, commitOf(group, name, own))
    await side.ask(Apis.OffsetDelete, 0, {
      groupId: group,
      topics: [topic.name, other.name, side.name('missing')].map(name => ({
        name,
        partitions: [{ partitionIndex: 0 }, { partitionIndex: 7 }],
      })),
    })
    await fetchAll(side, group)
    side.observe('what is subscribed to', subscriptionTo(topic.name))
  }),
]

/** Items of 2e about offsets that are not shown here. */
export const notShown: readonly NotShown[] = [
  {
    item: '2e.69 UNSTABLE_OFFSET_COMMIT',
    reason: 'transactions come with a later issue; packages/coordinators tests it',
  },
  {
    item: '2e.71 the partition count of __consumer_offsets never changes',
    reason: 'Kafka lets CreatePartitions change it, and loses groups then',
  },
  {
    item: '2e.73 answers while a coordinator loads or goes away',
    reason: 'a matter of milliseconds on one node; packages/coordinators tests it',
  },
]
