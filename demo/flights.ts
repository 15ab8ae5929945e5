/**
 * Streams a real data set (200,000 US flights of 2001, from the npm package vega-datasets) through a broker with a
 * third-party client: into a topic keyed by hour of departure, and back with a group of three members. Every figure of
 * the summary is computed twice, from what the group read and from the file itself, and the two must agree.
 *
 *   npm run demo                            starts a broker of its own on a free port
 *   npm run demo -- --bootstrap HOST:PORT   uses the one that runs there
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import kafkajs from 'kafkajs'
import { BrokerProcess } from '../packages/testing/src/broker-process.ts'

/** One row of the file: `time` is the local hour of departure with fractions, `delay` in minutes, `distance` in miles. */
interface Flight {
  readonly delay: number
  readonly distance: number
  readonly time: number
}

/** What the summary tells of an hour. */
interface Tally {
  flights: number
  delayMinutes: number
  miles: number
}

const { values: options } = parseArgs({ options: { bootstrap: { type: 'string' } } })
const file = path.join(import.meta.dirname, 'node_modules/vega-datasets/data/flights-200k.json')
const rows = JSON.parse(readFileSync(file, 'utf8')) as Flight[]
const hourOf = (flight: Flight): string => String(Math.floor(flight.time) % 24).padStart(2, '0')

let lastShown = 0
await using broker = options.bootstrap === undefined ? await BrokerProcess.create() : undefined
await broker?.start()
const bootstrap = options.bootstrap ?? broker?.address ?? ''
await demo()

async function demo(): Promise<void> {
  const topic = `flights-${process.pid}`
  const kafka = new kafkajs.Kafka({
    brokers: [bootstrap],
    clientId: 'demo',
    logLevel: kafkajs.logLevel.NOTHING,
  })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 6, replicationFactor: 1 }] })

  const group = await joinGroup(kafka, topic)
  const started = performance.now()
  await produce(kafka, topic)
  const producedMs = performance.now() - started
  await group.finished
  const readMs = performance.now() - started
  await group.leave()

  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  report(group.members, producedMs, readMs)
}

async function produce(kafka: kafkajs.Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 5 })
  await producer.connect()
  const batch = 10_000
  for (let from = 0; from < rows.length; from += batch) {
    const messages = rows
      .slice(from, from + batch)
      .map((row, i) => ({ key: hourOf(row), value: JSON.stringify({ row: from + i, ...row }) }))
    await producer.send({ topic, messages, acks: -1 })
    progress('produced', Math.min(from + batch, rows.length))
  }
  await producer.disconnect()
}

interface Member {
  readonly name: string
  readonly partitions: Set<number>
  readonly tallies: Map<string, Tally>
  readonly rows: number[]
  outOfOrder: number
}

/** A group of three members that share the topic, each with two of its six partitions. */
async function joinGroup(
  kafka: kafkajs.Kafka,
  topic: string,
): Promise<{ members: Member[]; finished: Promise<void>; leave(): Promise<void> }> {
  const finished = Promise.withResolvers<void>()
  const shared = Promise.withResolvers<void>()
  const members: Member[] = []
  const consumers: kafkajs.Consumer[] = []
  const owned = new Map<string, number>()
  let read = 0
  for (const name of ['one', 'two', 'three']) {
    const member: Member = {
      name,
      partitions: new Set(),
      tallies: new Map(),
      rows: [],
      outOfOrder: 0,
    }
    const lastRow = new Map<string, number>()
    const consumer = kafka.consumer({
      groupId: `${topic}-readers`,
      maxWaitTimeInMs: 100,
      heartbeatInterval: 500,
    })
    members.push(member)
    consumers.push(consumer)
    consumer.on(consumer.events.CRASH, ({ payload }) => finished.reject(payload.error))
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      owned.set(name, payload.memberAssignment[topic]?.length ?? 0)
      if (owned.size === 3 && [...owned.values()].every(count => count === 2)) shared.resolve()
    })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachBatch: async ({ batch }) => {
        member.partitions.add(batch.partition)
        for (const message of batch.messages) {
          const key = String(message.key)
          const row = JSON.parse(String(message.value)) as Flight & { row: number }
          if (row.row <= (lastRow.get(key) ?? -1)) member.outOfOrder++
          lastRow.set(key, row.row)
          member.rows.push(row.row)
          count(member.tallies, key, row)
        }
        read += batch.messages.length
        if (read >= rows.length) finished.resolve()
      },
    })
  }
  await shared.promise
  return {
    members,
    finished: finished.promise,
    async leave() {
      await Promise.all(consumers.map(consumer => consumer.disconnect()))
    },
  }
}

function count(tallies: Map<string, Tally>, hour: string, flight: Flight): void {
  let tally = tallies.get(hour)
  if (tally === undefined) tallies.set(hour, (tally = { flights: 0, delayMinutes: 0, miles: 0 }))
  tally.flights++
  tally.delayMinutes += flight.delay
  tally.miles += flight.distance
}

/** Prints the summary, and ends with 1 if it is not what the file says. */
function report(members: Member[], producedMs: number, readMs: number): void {
  const expected = new Map<string, Tally>()
  for (const row of rows) count(expected, hourOf(row), row)
  const got = new Map<string, Tally>()
  for (const member of members)
    for (const [hour, tally] of member.tallies) {
      const sum = got.get(hour) ?? { flights: 0, delayMinutes: 0, miles: 0 }
      sum.flights += tally.flights
      sum.delayMinutes += tally.delayMinutes
      sum.miles += tally.miles
      got.set(hour, sum)
    }

  console.log('\nhour   flights   mean delay (min)     miles flown')
  for (const hour of [...got.keys()].sort()) {
    const tally = got.get(hour)!
    console.log(
      `${hour}    ${String(tally.flights).padStart(8)}   ${(tally.delayMinutes / tally.flights).toFixed(2).padStart(16)}   ${tally.miles.toLocaleString('en').padStart(13)}`,
    )
  }
  console.log()
  for (const member of members)
    console.log(
      `member ${member.name.padEnd(5)} read ${member.rows.length} rows of partitions ${[...member.partitions].sort((a, b) => a - b).join(', ')}`,
    )
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  console.log(
    `produced ${rows.length} rows in ${seconds(producedMs)}; the group had read them all ${seconds(readMs)} after the first was sent`,
  )

  const seen = members.flatMap(member => member.rows)
  const distinct = new Set(seen).size
  const problems: string[] = []
  if (distinct !== rows.length) problems.push(`${rows.length - distinct} rows are missing`)
  if (seen.length !== distinct) problems.push(`${seen.length - distinct} rows came twice`)
  const outOfOrder = members.reduce((sum, member) => sum + member.outOfOrder, 0)
  if (outOfOrder > 0) problems.push(`${outOfOrder} rows came out of the order of their key`)
  if (members.some(member => member.rows.length === 0))
    problems.push('a member of the group read nothing')
  for (const [hour, want] of expected)
    if (JSON.stringify(got.get(hour)) !== JSON.stringify(want))
      problems.push(`hour ${hour} differs from the file`)
  if (got.size !== expected.size) problems.push('the hours differ from the file')

  if (problems.length > 0) {
    for (const problem of problems) console.error(`✖ ${problem}`)
    process.exitCode = 1
  } else {
    console.log(
      `✔ ${rows.length} rows in, ${seen.length} rows out, each once and in order of its key; every figure agrees with the file`,
    )
  }
}

function progress(what: string, done: number): void {
  const now = performance.now()
  if (!process.stderr.isTTY && done < rows.length) return
  if (now - lastShown < 200 && done < rows.length) return
  lastShown = now
  process.stderr.write(
    `${process.stderr.isTTY ? '\r' : ''}${what} ${done} of ${rows.length} rows${process.stderr.isTTY && done < rows.length ? '' : '\n'}`,
  )
}
