/** OffsetCommit, OffsetFetch and OffsetDelete. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { UNKNOWN_ID, versionsOf, ZERO_ID } from '../requests.ts'

interface Topic {
  readonly name: string
  readonly topicId: string
}

interface Committed {
  readonly partitionIndex?: number
  readonly committedOffset?: number
  readonly committedMetadata?: string | null
  readonly committedLeaderEpoch?: number
}

interface Member {
  readonly groupId?: string
  readonly memberId?: string
  readonly generationIdOrMemberEpoch?: number
  readonly groupInstanceId?: string
}

const newest = { partitionIndex: 0, committedOffset: 1, committedMetadata: '' }

async function makeTopic(side: Side, text: string, partitions: number): Promise<Topic> {
  const name = side.name(text)
  return { name, topicId: await side.createTopic(name, { partitions }) }
}

const named = (version: number, { name, topicId }: Topic) =>
  version >= 10 ? { topicId } : { name }

function commit(
  side: Side,
  version: number,
  groupId: string,
  topics: readonly (readonly [Topic, ...Committed[]])[],
  member: Member = {},
) {
  return side.ask(Apis.OffsetCommit, version, {
    groupId,
    memberId: '',
    topics: topics.map(([topic, ...partitions]) => ({
      ...named(version, topic),
      partitions: partitions.map(partition => ({ ...newest, ...partition })),
    })),
    ...member,
  })
}

function fetch(
  side: Side,
  version: number,
  groupId: string,
  topics: readonly (readonly [Topic, ...number[]])[] | null,
  requireStable = false,
) {
  return version < 8
    ? side.ask(Apis.OffsetFetch, version, {
        groupId,
        topics:
          topics && topics.map(([{ name }, ...partitionIndexes]) => ({ name, partitionIndexes })),
        ...(version >= 7 && { requireStable }),
      })
    : side.ask(Apis.OffsetFetch, version, {
        groups: [
          {
            groupId,
            topics:
              topics &&
              topics.map(([topic, ...partitionIndexes]) => ({
                ...named(version, topic),
                partitionIndexes,
              })),
          },
        ],
        requireStable,
      })
}

/** A subscription to one topic. */
function subscription({ name }: Topic): Buffer {
  return Buffer.concat([
    Buffer.from([0, 0, 0, 0, 0, 1, 0, name.length]),
    Buffer.from(name),
    Buffer.alloc(4, 255),
  ])
}

/** A group with one member that is subscribed to a topic. */
async function member(side: Side, groupId: string, topic: Topic) {
  const request = {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: subscription(topic) }],
  }
  const { memberId } = await side.ask(Apis.JoinGroup, 9, request)
  const { generationId } = await side.ask(Apis.JoinGroup, 9, { ...request, memberId })
  await side.ask(Apis.SyncGroup, 5, {
    groupId,
    generationId,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [],
  })
  return { memberId, generationIdOrMemberEpoch: generationId }
}

export const cases = [
  ...versionsOf(Apis.OffsetCommit).flatMap(version => [
    testCase(`commits without members, OffsetCommit v${version}`, async side => {
      const group = side.name('g')
      await side.readyGroup(group)
      const [a, b] = [await makeTopic(side, 'a', 2), await makeTopic(side, 'b', 1)]
      const missing = { name: side.name('missing'), topicId: UNKNOWN_ID }
      const one = (committed: Committed = {}, options: Member = {}) =>
        commit(side, version, group, [[a, committed]], options)
      await one(version >= 6 ? { committedLeaderEpoch: 3 } : {})
      for (const committedMetadata of [null, 'm', 'x'.repeat(4096), 'x'.repeat(4097)])
        await one({ partitionIndex: 1, committedMetadata })
      for (const committedOffset of [-1, -5, 0, 2 ** 40])
        await one({ committedOffset, partitionIndex: 1 })
      for (const partitionIndex of [2, 9, -1]) await one({ partitionIndex })
      await commit(side, version, group, [[missing, {}]])
      await commit(side, version, group, [[{ name: '', topicId: ZERO_ID }, {}]])
      await commit(side, version, group, [
        [missing, {}],
        [b, {}, { partitionIndex: 5 }],
      ])
      await commit(side, version, group, [
        [b, {}],
        [a, { partitionIndex: 1 }, {}],
      ])
      await commit(side, version, group, [])
      await commit(side, version, group, [[a]])
      await one({}, { groupId: '' })
      await one({}, { generationIdOrMemberEpoch: 5, memberId: 'x' })
      await one({}, { memberId: 'zz' })
      await one({}, { groupId: side.name('new'), generationIdOrMemberEpoch: 5, memberId: 'x' })
      await one({}, { groupId: side.name('newer'), memberId: 'zz' })
      if (version >= 7) await one({}, { groupInstanceId: 'foo' })
      await side.ask(Apis.DescribeGroups, 6, { groups: [group] })
      await fetch(side, 7, group, null)
    }),

    testCase(`commits of a member, OffsetCommit v${version}`, async side => {
      const group = side.name('g')
      await side.readyGroup(group)
      const topic = await makeTopic(side, 'a', 1)
      const own = await member(side, group, topic)
      const one = (options: Member) => commit(side, version, group, [[topic, {}]], options)
      await one(own)
      for (const generationIdOrMemberEpoch of [9, -1, 0])
        await one({ ...own, generationIdOrMemberEpoch })
      await one({ ...own, memberId: 'q' })
      await one({ ...own, memberId: '' })
      await one({})
      if (version >= 7) await one({ ...own, groupInstanceId: 'abc' })
      await side.ask(Apis.LeaveGroup, 5, { groupId: group, members: [{ memberId: own.memberId }] })
      await one(own)
      await one({})
      await side.ask(Apis.DescribeGroups, 5, { groups: [group] })
    }),
  ]),

  ...versionsOf(Apis.OffsetFetch).map(version =>
    testCase(`offsets are told, OffsetFetch v${version}`, async side => {
      const group = side.name('g')
      await side.readyGroup(group)
      const [a, b] = [await makeTopic(side, 'a', 3), await makeTopic(side, 'b', 1)]
      const missing = { name: side.name('missing'), topicId: UNKNOWN_ID }
      await commit(side, 8, group, [
        [
          a,
          { committedOffset: 7, committedMetadata: 'meta', committedLeaderEpoch: 3 },
          { partitionIndex: 2 },
        ],
        [b, { committedOffset: 9 }],
      ])
      await fetch(side, version, group, [[a, 0]])
      await fetch(side, version, group, [[a, 0, 1, 2, 7]])
      await fetch(side, version, group, [
        [b, 0],
        [a, 2],
      ])
      await fetch(side, version, group, [
        [missing, 0],
        [a, 0],
      ])
      await fetch(side, version, group, [[a, 0, 0]])
      await fetch(side, version, group, [[a, -1]])
      await fetch(side, version, group, [[a]])
      await fetch(side, version, group, [])
      for (const other of [side.name('none'), '']) {
        await fetch(side, version, other, [[a, 0]])
        if (version >= 2) await fetch(side, version, other, null)
      }
      if (version >= 2) await fetch(side, version, group, null)
      if (version >= 7) {
        await fetch(side, version, group, [[a, 0]], true)
        await fetch(side, version, group, null, true)
      }
      if (version >= 8) {
        await side.ask(Apis.OffsetFetch, version, { groups: [] })
        await side.ask(Apis.OffsetFetch, version, {
          groups: [
            { groupId: side.name('none'), topics: [] },
            { groupId: group, topics: null },
            { groupId: '', topics: [] },
          ],
        })
      }
      if (version >= 9)
        for (const [memberId, memberEpoch] of [
          ['x', 3],
          ['x', -1],
          [null, 5],
          ['', -1],
          ['', 0],
        ] as const)
          await side.ask(Apis.OffsetFetch, version, {
            groups: [
              {
                groupId: group,
                memberId,
                memberEpoch,
                topics: [{ ...named(version, a), partitionIndexes: [0] }],
              },
            ],
          })
    }),
  ),

  testCase('offsets are deleted', async side => {
    const group = side.name('g')
    await side.readyGroup(group)
    const [a, b] = [await makeTopic(side, 'a', 2), await makeTopic(side, 'b', 1)]
    const both: readonly [Topic, ...Committed[]][] = [
      [a, {}, { partitionIndex: 1 }],
      [b, {}],
    ]
    await commit(side, 8, group, both)
    const remove = (groupId: string, ...topics: readonly (readonly [string, ...number[]])[]) =>
      side.ask(Apis.OffsetDelete, 0, {
        groupId,
        topics: topics.map(([name, ...partitions]) => ({
          name,
          partitions: partitions.map(partitionIndex => ({ partitionIndex })),
        })),
      })
    await remove(group, [a.name, 1])
    await remove(group, [a.name, 1])
    await remove(group, [a.name, 9])
    await remove(group, [a.name, 0, 9])
    await remove(group, [side.name('missing'), 0])
    await remove(side.name('none'), [a.name, 0])
    await remove('', [a.name, 0])
    await remove(group)
    await remove(group, [b.name])
    await fetch(side, 7, group, null)
    const own = await member(side, group, a)
    await commit(side, 8, group, both, own)
    await remove(group, [a.name, 0])
    await remove(group, [b.name, 0])
    await remove(group, [b.name, 0], [a.name, 0])
    await fetch(side, 7, group, null)
    await side.ask(Apis.LeaveGroup, 5, { groupId: group, members: [{ memberId: own.memberId }] })
    await remove(group, [a.name, 0])
    await fetch(side, 7, group, null)
  }),

  testCase('offsets of a topic that is deleted', async side => {
    const group = side.name('g')
    await side.readyGroup(group)
    const [a, b] = [await makeTopic(side, 'a', 1), await makeTopic(side, 'b', 1)]
    await commit(side, 8, group, [
      [a, {}],
      [b, {}],
    ])
    await side.quiet(Apis.DeleteTopics, 5, { topicNames: [a.name], timeoutMs: 5000 })
    await side.until(
      Apis.OffsetFetch,
      7,
      { groupId: group, topics: null },
      ({ topics }) => topics.length === 1,
    )
    await fetch(side, 7, group, null)
    await fetch(side, 7, group, [[a, 0]])
    await fetch(side, 10, group, [[a, 0]])
    await commit(side, 10, group, [[a, {}]])
    await commit(side, 8, group, [[a, {}]])
    await side.ask(Apis.DescribeGroups, 5, { groups: [group] })
  }),
]
