/**
 * Starts: brokers of their own, so that memory and time are those of a fresh process. Kafka's folder is formatted
 * before and does not count; Moldau formats its own within its time.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, batches15 } from '../core/bench.ts'
import { Peer } from '../core/peers.ts'
import type { Measured, Question } from '../core/question.ts'
import { ask, tools, output, type Figures } from '../core/tools.ts'

const IDLE_AFTER_MS = 2000
const PARTITIONS = 10_000
/** Kafka refuses to make 10,000 at once. */
const TOPICS = 10
const STARTED_WITHIN_MS = 200

/** A broker for one measurement. */
async function fresh(key: Peer['key'], use: (peer: Peer) => Promise<Record<string, Measured>>) {
  const peer = await Peer.create(key === 'kafkaSync' ? 'kafka' : key)
  try {
    if (!peer.isOurs) await format(peer)
    return await use(peer)
  } finally {
    await peer.remove()
  }
}

/** One life before the one that is measured, as Kafka formats its folder by a command of its own. */
async function format(peer: Peer): Promise<void> {
  peer.launch()
  await peer.listens()
  await peer.stop()
}

/** Launches, and returns milliseconds of the clock at the launch and figures of the first tool that got an answer. */
async function launched(
  peer: Peer,
  command: 'first' | 'every',
  parameters: Record<string, string | number | boolean>,
): Promise<{ at: number; figures: Figures }> {
  const asking = ask('raw', command, { boot: peer.boot, ...parameters })
  // The tool is there and knocks before the broker begins.
  await Promise.race([sleep(100), asking])
  const at = performance.timeOrigin + performance.now()
  peer.launch(false)
  return { at, figures: await Promise.race([asking, peer.ends()]) }
}

async function measureStart(peer: Peer, bench: Bench): Promise<Record<string, Measured>> {
  return fresh(peer.key, async own => {
    const { at, figures } = await launched(own, 'first', { topic: bench.name('first') })
    const start = (figures['acceptedAtMs'] ?? NaN) - at
    await sleep(bench.isQuick ? 100 : IDLE_AFTER_MS)
    const idleMb = own.memoryMb()
    const many = { ...batches15, connections: 16, partitions: 16 }
    await bench.withTopic(own, 16, topic => bench.produce(own, topic, many, bench.volume(400e6)))
    await bench.withTopic(own, 1, async topic => {
      const requests = bench.volume(6000)
      await bench.produceRequests(own, topic, requests)
      const records = requests * batches15.count
      await output(tools.load, [
        'consume',
        `-boot=${own.boot}`,
        `-topic=${topic}`,
        `-records=${records}`,
      ])
    })
    return {
      start: { value: start },
      idle: { value: idleMb },
      loaded: { value: own.memoryMb() },
    }
  })
}

async function measurePartitions(peer: Peer, bench: Bench): Promise<Record<string, Measured>> {
  const partitions = bench.many(PARTITIONS)
  return fresh(peer.key, async own => {
    own.launch(false)
    await own.listens()
    const topic = bench.name('many')
    const { result, cpuSeconds } = await bench.cost(own, () =>
      ask('raw', 'every', { boot: own.boot, topic, topics: TOPICS, partitions }),
    )
    const memoryMb = own.memoryMb()
    await own.stop()
    const { at, figures } = await launched(own, 'every', {
      topic,
      topics: TOPICS,
      partitions,
      create: false,
    })
    return {
      written: {
        value: ((result['allAtMs'] ?? NaN) - (result['beganAtMs'] ?? NaN)) / 1000,
        cpuSeconds,
      },
      memory: { value: memoryMb },
      restart: { value: ((figures['firstAtMs'] ?? NaN) - at) / 1000 },
      restartAll: { value: ((figures['allAtMs'] ?? NaN) - at) / 1000 },
    }
  })
}

export const aloneQuestions: readonly Question[] = [
  {
    name: 'start',
    how: 'from the start of the process to the first record accepted in a topic that its metadata request makes; memory 2 s later, and after 1 GB through 17 connections and a consumer',
    isAlone: true,
    rows: [
      {
        key: 'start',
        title: 'start to first accepted produce',
        unit: 'ms',
        better: 'less',
        atLeast: 15,
        limit: STARTED_WITHIN_MS,
      },
      { key: 'idle', title: 'memory, idle', unit: 'MB', better: 'less', atLeast: 4 },
      { key: 'loaded', title: 'memory, after load', unit: 'MB', better: 'less', atLeast: 4 },
    ],
    measure: measureStart,
  },
  {
    name: 'partitions',
    how: 'raw generator: 10 topics of 1,000 partitions are made and one record written to each; a clean stop; a start until one is accepted (and until all are)',
    isAlone: true,
    rows: [
      {
        key: 'written',
        title: '10,000 partitions, all written',
        unit: 's',
        better: 'less',
        atLeast: 5,
      },
      { key: 'memory', title: '10,000 partitions, memory', unit: 'MB', better: 'less', atLeast: 4 },
      {
        key: 'restart',
        title: '10,000 partitions, restart',
        unit: 's',
        better: 'less',
        atLeast: 5,
      },
      {
        key: 'restartAll',
        title: '10,000 partitions, restart, all written',
        unit: 's',
        better: 'less',
      },
    ],
    measure: measurePartitions,
  },
]
