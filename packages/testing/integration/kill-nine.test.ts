/**
 * `kill -9` under load, again and again: every acknowledged record is there once, at its offset, without a gap, and so
 * is every acknowledged offset commit. `MOLDAU_KILLS` is the number of kills, 10 by default; the seed is fixed.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@moldau/base'
import {
  BrokerProcess,
  createTopic,
  History,
  IdempotentProducer,
  OffsetCommitter,
  RawConnection,
  readPartition,
} from '@moldau/testing'

const kills = Number(process.env['MOLDAU_KILLS'] ?? 10)
const seed = process.env['MOLDAU_SEED'] ?? 'kill-nine'
const topics = ['orders', 'payments', 'visits']
const partitionsPerTopic = 4
/** Requests that are acknowledged before a kill, at most. */
const ACKNOWLEDGED_MAX = 120

test(
  `every acknowledged record survives ${kills} kills, once`,
  { timeout: 60_000 + kills * 5000 },
  async t => {
    const random = seededRandom(seed)
    await using broker = await BrokerProcess.create({
      'offsets.topic.num.partitions': '4',
      // Small segments, so that kills meet rolls as well.
      'log.segment.bytes': '1048576',
    })
    await broker.start()
    const connection = await RawConnection.open(broker.port)
    for (const topic of topics) await createTopic(connection, topic, partitionsPerTopic)
    connection.destroy()

    const history = new History()
    const targets = topics.flatMap(topic =>
      Array.from({ length: partitionsPerTopic }, (_, partition) => ({ topic, partition })),
    )
    let untilKill = Number.POSITIVE_INFINITY
    const onAcknowledged = (): void => {
      if (--untilKill === 0) void broker.end('SIGKILL')
    }
    const producers = (['none', 'none', 'lz4', 'gzip'] as const).map(
      (compression, i) =>
        new IdempotentProducer({
          name: `producer-${i}`,
          targets,
          random: seededRandom(`${seed}/${i}`),
          compression,
          history,
          onAcknowledged,
        }),
    )
    const committers = ['reader-a', 'reader-b'].map(
      group => new OffsetCommitter(group, targets[0]!),
    )
    const writers = [...producers, ...committers]

    for (let kill = 0; kill < kills; kill++) {
      if (kill > 0) await broker.start()
      // Now and then in the middle of the start.
      const isEarly = kill > 0 && random.below(8) === 0
      untilKill = isEarly ? Number.POSITIVE_INFINITY : 1 + random.below(ACKNOWLEDGED_MAX)
      const running = writers.map(writer => writer.run(broker.port))
      if (isEarly) await broker.end('SIGKILL')
      await Promise.all(running)
      await broker.end('SIGKILL')
      // The rest of the time its batches are sent again, with the same sequences.
      for (const producer of producers)
        if (producer.inFlight > 0 && random.below(4) === 0) producer.giveUp()
    }

    await broker.start()
    untilKill = Number.POSITIVE_INFINITY
    for (const writer of writers) writer.stop()
    await Promise.all(writers.map(writer => writer.run(broker.port)))
    for (const producer of producers) assert.equal(producer.inFlight, 0)

    const reader = await RawConnection.open(broker.port)
    const contents = new Map<string, { offset: number; value: string }[]>()
    for (const { topic, partition } of targets)
      contents.set(
        `${topic}-${partition}`,
        (await readPartition(reader, topic, partition)).map(({ offset, key }) => ({
          offset,
          value: key,
        })),
      )
    reader.destroy()
    const { acknowledged, lost, doubled, unknown, problems } = history.judge(contents)
    const commits = committers.reduce((sum, committer) => sum + committer.acknowledgedCount, 0)
    t.diagnostic(
      `acked=${acknowledged} lost=${lost.length} doubled=${doubled.length} unknown=${unknown} commits=${commits} kills=${kills}`,
    )
    assert.deepEqual({ lost, doubled, problems }, { lost: [], doubled: [], problems: [] })
    assert.ok(acknowledged > 0 && unknown > 0 && commits > 0)
  },
)
