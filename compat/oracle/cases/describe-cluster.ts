/** DescribeCluster, DescribeQuorum, DescribeTopicPartitions and DescribeLogDirs. */
import { Apis } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { batchOf, versionsOf } from '../requests.ts'

/** Two topics of three and two partitions; a record in the first. */
async function twoTopics(side: Side): Promise<[string, string]> {
  const [a, b] = [side.name('a'), side.name('b')]
  await side.createTopic(a, { partitions: 3 })
  await side.createTopic(b, { partitions: 2 })
  await side.quiet(Apis.Produce, 9, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: a, partitionData: [{ index: 0, records: batchOf({}, 'x') }] }],
  })
  return [a, b]
}

export const cases = [
  testCase('the cluster', async side => {
    for (const version of versionsOf(Apis.DescribeCluster)) {
      await side.ask(Apis.DescribeCluster, version, { includeClusterAuthorizedOperations: false })
      await side.ask(Apis.DescribeCluster, version, { includeClusterAuthorizedOperations: true })
      if (version >= 1)
        for (const endpointType of [0, 1, 2, 3, -1])
          await side.ask(Apis.DescribeCluster, version, {
            includeClusterAuthorizedOperations: false,
            endpointType,
          })
      if (version >= 2)
        for (const endpointType of [1, 2])
          await side.ask(Apis.DescribeCluster, version, {
            includeClusterAuthorizedOperations: false,
            includeFencedBrokers: true,
            endpointType,
          })
    }
  }),

  testCase('the quorum', async side => {
    const quorum = (version: number, topicName: string, ...partitions: readonly number[]) =>
      side.ask(Apis.DescribeQuorum, version, {
        topics: [{ topicName, partitions: partitions.map(partitionIndex => ({ partitionIndex })) }],
      })
    const [a] = await twoTopics(side)
    for (const version of versionsOf(Apis.DescribeQuorum)) {
      await quorum(version, '__cluster_metadata', 0)
      await quorum(version, '__cluster_metadata', 1)
      await quorum(version, '__cluster_metadata')
      await quorum(version, '__cluster_metadata', 0, 1)
      await quorum(version, a, 0)
      await quorum(version, '', 0)
      await side.ask(Apis.DescribeQuorum, version, { topics: [] })
    }
  }),

  testCase('partitions of topics', async side => {
    const [a, b] = await twoTopics(side)
    const missing = side.name('missing')
    const describe = (
      names: readonly string[],
      options: {
        responsePartitionLimit?: number
        cursor?: { topicName: string; partitionIndex: number }
      } = {},
    ) =>
      side.attempt(Apis.DescribeTopicPartitions, 0, {
        topics: names.map(name => ({ name })),
        ...options,
      })
    for (const names of [[a], [b], [b, a], [a, a], [missing, a], [a, missing], ['a b'], [''], []])
      await describe(names)
    for (const responsePartitionLimit of [1, 2, 3, 4, 5, 6, 0, -1, 100_000])
      for (const names of [[a, b], [a], [b, a], [missing, a]])
        await describe(names, { responsePartitionLimit })
    for (const topicName of [a, b, `${a}a`, missing])
      for (const partitionIndex of [0, 1, 2, 9, -1])
        for (const names of [[a, b], []])
          await describe(names, { cursor: { topicName, partitionIndex } })
    for (const partitionIndex of [0, 1, 2])
      await describe([a, b], {
        responsePartitionLimit: 2,
        cursor: { topicName: a, partitionIndex },
      })
  }),

  testCase('folders of logs', async side => {
    const [a, b] = await twoTopics(side)
    for (const version of versionsOf(Apis.DescribeLogDirs))
      for (const topics of [
        [{ topic: a, partitions: [0] }],
        [{ topic: a, partitions: [2] }],
        [{ topic: a, partitions: [9] }],
        [{ topic: a, partitions: [] }],
        [{ topic: b, partitions: [1] }],
        [{ topic: side.name('missing'), partitions: [0] }],
        [{ topic: 'a b', partitions: [0] }],
        [],
      ])
        await side.ask(Apis.DescribeLogDirs, version, { topics })
  }),

  testCase('all folders of logs, topics and partitions in any order', async side => {
    for (const version of versionsOf(Apis.DescribeLogDirs))
      await side.ask(Apis.DescribeLogDirs, version, { topics: null })
  }),
]
