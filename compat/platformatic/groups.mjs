// Groups: each assignor, static members, members that crash, partitions that come later.
import { spawn } from 'node:child_process'
import path from 'node:path'
import * as client from '@platformatic/kafka'
import { bootstrap, check, keys, numbered, places, refused, until } from '../harness/checks.mjs'
import { admin, create, join, offsetsOf, produce } from './harness.mjs'

async function by(name, partitionAssigner) {
  const topic = await create(`group-${name}`, 4)
  const options = { partitionAssigner, protocols: [{ name, version: 1 }] }
  const first = await join(topic, [topic], options)
  const second = await join(topic, [topic], options)
  const shared = () => first.partitions.length === 2 && second.partitions.length === 2
  check(
    'groups',
    `${name}: two members share four partitions`,
    await until(shared),
    `${first.partitions} ${second.partitions}`,
  )
  const group = (await admin.describeGroups({ groups: [topic] })).get(topic)
  check(
    'groups',
    `${name}: the group tells its assignor and members`,
    group.protocol === name && group.members.size === 2,
    group.protocol,
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
  await until(async () => (await offsetsOf(topic, topic, 4)).reduce((a, b) => a + b, 0) === 200)
  await second.consumer.close(true)
  check(
    'groups',
    `${name}: the member that stays takes over when the other leaves`,
    await until(() => first.partitions.length === 4),
  )
  first.records.length = 0
  await produce(topic, numbered('one-', 50))
  await until(() => keys(first.records).size >= 50)
  check(
    'groups',
    `${name}: it goes on where the other committed`,
    [...keys(first.records)].every(key => key.startsWith('one-')) &&
      keys(first.records).size === 50,
  )
  await first.consumer.close(true)
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
  await stays.consumer.close(true)
}

async function staticMembers() {
  const topic = await create('static', 4)
  const first = await join(topic, [topic], { groupInstanceId: 'one' })
  const second = await join(topic, [topic], { groupInstanceId: 'two' })
  const shared = () => first.partitions.length === 2 && second.partitions.length === 2
  check('groups', 'static members share the partitions', await until(shared))
  const { members } = (await admin.describeGroups({ groups: [topic] })).get(topic)
  const names = [...members.values()].map(m => m.groupInstanceId).toSorted()
  check(
    'groups',
    'the group tells the names of its static members',
    String(names) === 'one,two',
    names,
  )
  await first.consumer.close(true)
  await second.consumer.close(true)
}

async function partitionsAdded() {
  const topic = await create('growing', 2)
  const member = await join(topic, [topic])
  await until(() => member.partitions.length === 2)
  await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] })
  // This client looks at partitions when it joins, if what it knows is older than metadataMaxAge (300 ms): then a second
  // member makes it look.
  await new Promise(resolve => setTimeout(resolve, 400))
  const second = await join(topic, [topic])
  const all = () => new Set([...member.partitions, ...second.partitions]).size === 5
  check(
    'groups',
    'partitions added under a group are taken in at the next rebalance',
    await until(all),
  )
  await produce(
    topic,
    Array.from({ length: 5 }, (_, partition) => ({ value: 'v', partition })),
  )
  const read = () => places([...member.records, ...second.records]).size === 5
  check('groups', 'the added partitions are read from their start', await until(read))
  await member.consumer.close(true)
  await second.consumer.close(true)
}

async function notEmpty() {
  const topic = await create('not-empty', 2)
  const member = await join(topic, [topic])
  await until(() => member.partitions.length === 2)
  await refused(
    'groups',
    'a group with members is not deleted',
    () => admin.deleteGroups({ groups: [topic] }),
    'NON_EMPTY_GROUP',
  )
  await admin.removeMembersFromConsumerGroup({ groupId: topic, members: null })
  check(
    'groups',
    'a member that the admin removes joins again',
    await until(() => member.partitions.length === 2),
  )
  await member.consumer.close(true)
}

export const groupSections = [
  ['groups', 'crash', crash],
  ['groups', 'roundrobin', () => by('roundrobin', client.roundRobinAssigner)],
  [
    'groups',
    'cooperative-sticky',
    () => by('cooperative-sticky', client.cooperativeStickyAssigner),
  ],
  ['groups', 'static', staticMembers],
  ['groups', 'partitions added', partitionsAdded],
  ['groups', 'not empty', notEmpty],
]
