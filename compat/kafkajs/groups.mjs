// Groups: each assignor, members that crash, partitions and topics that come later.
import { spawn } from 'node:child_process'
import path from 'node:path'
import kafkajs from 'kafkajs'
import { bootstrap, check, keys, numbered, places, refused, until } from '../harness/checks.mjs'
import { admin, create, join, produce } from './harness.mjs'

const { AssignerProtocol, PartitionAssigners } = kafkajs

/** kafkajs lets an application bring its own assignor: contiguous ranges. */
const range = ({ cluster }) => ({
  name: 'range',
  version: 0,
  async assign({ members, topics }) {
    const ids = members.map(member => member.memberId).toSorted()
    const owned = Object.fromEntries(ids.map(id => [id, {}]))
    for (const topic of topics) {
      const partitions = cluster
        .findTopicPartitionMetadata(topic)
        .map(p => p.partitionId)
        .toSorted((a, b) => a - b)
      for (const [i, partition] of partitions.entries())
        (owned[ids[Math.floor((i * ids.length) / partitions.length)]][topic] ??= []).push(partition)
    }
    return ids.map(memberId => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 0,
        assignment: owned[memberId],
        userData: Buffer.alloc(0),
      }),
    }))
  },
  protocol: ({ topics }) => ({
    name: 'range',
    metadata: AssignerProtocol.MemberMetadata.encode({
      version: 0,
      topics,
      userData: Buffer.alloc(0),
    }),
  }),
})

async function by(name, protocol, assigner) {
  const topic = await create(`group-${name}`, 4)
  const options = { partitionAssigners: [assigner] }
  const first = await join(topic, [topic], options)
  const second = await join(topic, [topic], options)
  const shared = () => first.partitions.length === 2 && second.partitions.length === 2
  check('groups', `${name}: two members share four partitions`, await until(shared))
  const { groups } = await admin.describeGroups([topic])
  check(
    'groups',
    `${name}: the group tells its assignor and members`,
    groups[0].protocol === protocol &&
      groups[0].members.length === 2 &&
      groups[0].state === 'Stable',
    JSON.stringify(groups[0].protocol),
  )
  await produce(topic, numbered('both-', 200))
  const all = () => [...first.records, ...second.records]
  await until(() => keys(all()).size >= 200)
  check(
    'groups',
    `${name}: each record is read once, by one of them`,
    all().length === 200 &&
      keys(all()).size === 200 &&
      first.records.length > 0 &&
      second.records.length > 0,
  )
  await until(async () => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
    return partitions.reduce((total, p) => total + Number(p.offset), 0) === 200
  })
  await second.consumer.disconnect()
  check(
    'groups',
    `${name}: the member that stays takes over when the other leaves`,
    await until(() => first.partitions.length === 4),
  )
  first.records.length = 0
  await produce(topic, numbered('one-', 50))
  await until(() => first.records.length >= 50)
  check(
    'groups',
    `${name}: it goes on where the other committed`,
    first.records.length === 50 && [...keys(first.records)].every(key => key.startsWith('one-')),
  )
  await first.consumer.disconnect()
}

async function crash() {
  const topic = await create('crash', 4)
  const script = path.join(import.meta.dirname, 'member.mjs')
  const other = spawn(process.execPath, ['--no-warnings', script, bootstrap, topic], {
    stdio: 'ignore',
  })
  const stays = await join(topic, [topic], { sessionTimeout: 2000, rebalanceTimeout: 3000 })
  check(
    'groups',
    'a member in another process joins',
    await until(() => stays.partitions.length === 2),
  )
  other.kill('SIGKILL')
  check(
    'groups',
    'the partitions of a member that crashes go to the one that stays',
    await until(() => stays.partitions.length === 4),
  )
  await stays.consumer.disconnect()
}

async function partitionsAdded() {
  const topic = await create('growing', 2)
  const member = await join(topic, [topic])
  await until(() => member.partitions.length === 2)
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
  check(
    'groups',
    'partitions added under a group are taken in',
    await until(() => member.partitions.length === 5),
  )
  await produce(
    topic,
    Array.from({ length: 5 }, (_, partition) => ({ value: 'v', partition })),
  )
  const all = () => places(member.records).size === 5
  check('groups', 'the added partitions are read from their start', await until(all))
  await member.consumer.disconnect()
}

async function pattern() {
  await create('pattern-a')
  await create('other-pattern')
  await create('pattern-b')
  await produce('pattern-a', numbered('a-', 5))
  await produce('pattern-b', numbered('b-', 5))
  const member = await join('pattern', [/^pattern-.*/])
  await until(() => keys(member.records).size >= 10)
  check(
    'groups',
    'a pattern finds the topics that fit',
    String(member.partitions.toSorted()) === 'pattern-a-0,pattern-b-0' &&
      keys(member.records).size === 10,
  )
  await member.consumer.disconnect()
}

async function generations() {
  const topic = await create('generations', 2)
  const first = await join(topic, [topic])
  await until(() => first.joins === 1)
  const second = await join(topic, [topic])
  check(
    'groups',
    'the first member joins again when a second comes',
    await until(() => first.joins >= 2 && second.joins >= 1),
  )
  await refused(
    'groups',
    'a group with members is not deleted',
    () => admin.deleteGroups([topic]),
    'NON_EMPTY_GROUP',
  )
  const mixed = join(topic, [topic], { partitionAssigners: [range], retry: { retries: 0 } })
  const failed = await mixed.then(
    async member => {
      await until(() => member.crash !== undefined, 10)
      await member.consumer.disconnect()
      return member.crash
    },
    error => error,
  )
  check(
    'groups',
    'a member with no assignor in common is refused',
    failed?.type === 'INCONSISTENT_GROUP_PROTOCOL' ||
      failed?.cause?.type === 'INCONSISTENT_GROUP_PROTOCOL',
    failed,
  )
  await first.consumer.disconnect()
  await second.consumer.disconnect()
}

export const groupSections = [
  ['groups', 'crash', crash],
  [
    'groups',
    'RoundRobinAssigner',
    () => by('RoundRobinAssigner', 'RoundRobinAssigner', PartitionAssigners.roundRobin),
  ],
  ['groups', 'range', () => by('own-range', 'range', range)],
  ['groups', 'partitions added', partitionsAdded],
  ['groups', 'pattern', pattern],
  ['groups', 'generations', generations],
]
