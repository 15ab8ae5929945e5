import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { describeLogDirs } from '../../src/apis/describe-log-dirs.ts'
import type { BrokerServices } from '../../src/services.ts'
import { ask, makeImage, makeServices } from './support.ts'

const log = (topic: string, partition: number) => ({
  topic,
  partition,
  sizeInBytes: 72,
  highWatermark: 5,
  logEndOffset: 7,
})

const broker = makeServices(makeImage({}), {
  logs: {
    directories: [
      {
        directory: '/data/a',
        failure: undefined,
        logs: [log('t1', 0), log('t1', 1), log('t2', 0)],
      },
      { directory: '/data/b', failure: new Error('disk gone'), logs: [] },
    ],
  } as unknown as BrokerServices['logs'],
  world: {
    files: { space: () => ({ freeBytes: 40, totalBytes: 100 }) },
    clock: { now: () => 0, monotonic: () => 0 },
  } as unknown as BrokerServices['world'],
})

const describe = (
  version: number,
  topics: { topic: string; partitions: number[] }[] | null = null,
) => ask(describeLogDirs, Apis.DescribeLogDirs, version, { topics }, broker)

test('tells every directory with its partitions and space, and a failed one by an error', async () => {
  const { results } = await describe(5)
  assert.deepEqual(
    results.map(({ errorCode, logDir, totalBytes, usableBytes }) => [
      errorCode,
      logDir,
      totalBytes,
      usableBytes,
    ]),
    [
      [0, '/data/a', 100, 40],
      [ErrorCode.KAFKA_STORAGE_ERROR, '/data/b', -1, -1],
    ],
  )
  assert.deepEqual(
    results[0]?.topics.map(topic => [topic.name, topic.partitions.map(p => p.partitionIndex)]),
    [
      ['t1', [0, 1]],
      ['t2', [0]],
    ],
  )
  const [first] = results[0]?.topics[0]?.partitions ?? []
  assert.deepEqual([first?.partitionSize, first?.offsetLag, first?.isFutureKey], [72, 0, false])
})

test('tells only the partitions that are asked for', async () => {
  const topics = [
    { topic: 't1', partitions: [1, 7] },
    { topic: 'nope', partitions: [0] },
  ]
  const { results } = await describe(1, topics)
  assert.deepEqual(
    results[0]?.topics.map(topic => [topic.name, topic.partitions.map(p => p.partitionIndex)]),
    [['t1', [1]]],
  )
  assert.deepEqual((await describe(1, [])).results[0]?.topics, [])
})
