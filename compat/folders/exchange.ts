/**
 * Data folders exchanged with Apache Kafka 4.3.1, both ways: one written by Kafka is opened by Moldau, written on, and
 * opened by Kafka again; one written by Moldau is opened by Kafka, written on, and opened by Moldau again. Each time
 * every record is read back, the committed offsets of a group too, and Kafka's own dump tool reads every segment with
 * deep iteration. kcat is the client, as it knows neither of them.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '../../packages/testing/src/free-port.ts'
import { writeResult } from '../results.ts'

const compat = path.join(import.meta.dirname, '..')
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const topic = 'exchange'
const held: string[] = []
const started = Date.now()

function check(holds: boolean, what: string, why: unknown = ''): void {
  if (!holds) throw new Error(`not ok - ${what} ${String(why)}`)
  held.push(what)
  console.log(`ok - ${what}`)
}

/** One data folder, and the two brokers that take turns with it. */
class Folder {
  readonly #home = mkdtempSync(path.join(os.tmpdir(), 'moldau-exchange-'))
  readonly #properties = path.join(this.#home, 'server.properties')
  readonly data = path.join(this.#home, 'data')
  #port = 0
  #child: ChildProcess | undefined
  sent = 0

  get address(): string {
    return `localhost:${this.#port}`
  }

  async prepare(): Promise<void> {
    const port = await freePort()
    const controllerPort = port + 1
    this.#port = port
    writeFileSync(
      this.#properties,
      [
        'process.roles=broker,controller',
        'node.id=1',
        `controller.quorum.bootstrap.servers=localhost:${controllerPort}`,
        `listeners=PLAINTEXT://localhost:${port},CONTROLLER://localhost:${controllerPort}`,
        `advertised.listeners=PLAINTEXT://localhost:${port}`,
        'controller.listener.names=CONTROLLER',
        `log.dirs=${this.data}`,
        'offsets.topic.replication.factor=1',
        'transaction.state.log.replication.factor=1',
        'transaction.state.log.min.isr=1',
        'share.coordinator.state.topic.replication.factor=1',
        'share.coordinator.state.topic.min.isr=1',
        'group.initial.rebalance.delay.ms=0',
        '',
      ].join('\n'),
    )
  }

  formatByKafka(): void {
    kafka(
      'run',
      'kafka.tools.StorageTool',
      'format',
      '--standalone',
      '-t',
      'MkU3OEVBNTcwNTJENDM2Qg',
      '-c',
      this.#properties,
    )
  }

  async start(by: 'Apache Kafka' | 'Moldau'): Promise<void> {
    const output = openSync(path.join(this.#home, 'output.log'), 'a')
    const [command, words] =
      by === 'Moldau'
        ? [path.join(compat, '../bin/kafka-server-start.sh'), [this.#properties]]
        : [path.join(compat, 'oracle/kafka.sh'), ['run', 'kafka.Kafka', this.#properties]]
    this.#child = spawn(command, words, { stdio: ['ignore', output, output] })
    const deadline = Date.now() + 60_000
    while (!(await this.#accepts())) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(
          `${by} does not start on the folder ${this.data}:\n${readFileSync(path.join(this.#home, 'output.log'), 'utf8').slice(-3000)}`,
        )
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }

  async #accepts(): Promise<boolean> {
    try {
      execFileSync('kcat', ['-b', this.address, '-L', '-m', '2'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }

  /** Sends 200 records of each codec, keyed, and reads some of them with a group that commits. */
  write(by: string): void {
    for (const codec of codecs) {
      const lines = Array.from(
        { length: 200 },
        () => `key-${this.sent}:value-${this.sent++}\n`,
      ).join('')
      execFileSync('kcat', ['-b', this.address, '-P', '-t', topic, '-K:', '-z', codec], {
        input: lines,
      })
    }
    check(true, `${by} takes 1000 records in five codecs`)
  }

  /** Reads all, from the start, and what the group has not read yet. */
  read(by: string, writer: string): void {
    const got = execFileSync(
      'kcat',
      ['-b', this.address, '-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-f', '%k:%s\n'],
      {
        maxBuffer: 1 << 26,
      },
    )
    const lines = new Set(String(got).trimEnd().split('\n'))
    let missing = 0
    for (let i = 0; i < this.sent; i++) if (!lines.has(`key-${i}:value-${i}`)) missing++
    check(
      missing === 0 && lines.size === this.sent,
      `${by} reads all ${this.sent} records of a folder written by ${writer}`,
      `${missing} of ${this.sent} missing, ${lines.size} read`,
    )
  }

  /** Reads `count` records with the group and commits them. */
  readByGroup(by: string, count: number): void {
    const got = execFileSync(
      'kcat',
      [
        '-b',
        this.address,
        '-G',
        'exchange-group',
        '-X',
        'auto.offset.reset=earliest',
        '-X',
        'session.timeout.ms=6000',
        '-c',
        String(count),
        '-q',
        '-f',
        '%k\n',
        topic,
      ],
      { timeout: 60_000 },
    )
    const keys = String(got).trimEnd().split('\n')
    check(
      keys.length === count && keys[0] === `key-${this.sent - count}`,
      `the group goes on where it was, under ${by}`,
      `${keys.length} records from ${keys[0]}`,
    )
  }

  /** Kafka's dump tool over every segment of the topic and of the metadata log. */
  dump(writer: string): void {
    const segments = globSync(
      `${this.data}/{${topic}-*,__cluster_metadata-0,__consumer_offsets-*}/*.log`,
    ).filter(file => readFileSync(file).length > 0)
    const records = segments.filter(file => file.includes(`/${topic}-`)).join(',')
    const dumped = kafka(
      'run',
      'org.apache.kafka.tools.DumpLogSegments',
      '--deep-iteration',
      '--print-data-log',
      '--files',
      records,
    )
    const payloads = dumped.match(/payload: value-\d+/g)?.length ?? 0
    check(
      payloads === this.sent && !/isvalid: false|mismatch|Found/i.test(dumped),
      `kafka-dump-log reads every record of the segments of ${writer}, compressed ones included`,
      `${payloads} of ${this.sent}`,
    )
    const metadata = segments.filter(file => file.includes('__cluster_metadata-0')).join(',')
    const decoded = kafka(
      'run',
      'org.apache.kafka.tools.DumpLogSegments',
      '--cluster-metadata-decoder',
      '--files',
      metadata,
    )
    check(
      decoded.includes('"TOPIC_RECORD"') && !/isvalid: false/.test(decoded),
      `kafka-dump-log decodes the metadata log of ${writer}`,
    )
    const indexes = globSync(`${this.data}/${topic}-*/*.{index,timeindex}`).filter(
      file => readFileSync(file).length > 0,
    )
    if (indexes.length > 0) {
      const checked = kafka(
        'run',
        'org.apache.kafka.tools.DumpLogSegments',
        '--index-sanity-check',
        '--files',
        indexes.join(','),
      )
      check(
        !/mismatch|corrupt/i.test(checked),
        `kafka-dump-log finds the indexes of ${writer} sane`,
      )
    }
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#home, { recursive: true, force: true })
  }
}

function kafka(...words: string[]): string {
  return String(
    execFileSync(path.join(compat, 'oracle/kafka.sh'), words, {
      maxBuffer: 1 << 28,
      env: { ...process.env, KAFKA_HEAP_OPTS: '-Xms128m -Xmx512m' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

async function exchange(
  first: 'Apache Kafka' | 'Moldau',
  second: 'Apache Kafka' | 'Moldau',
): Promise<void> {
  const folder = new Folder()
  try {
    await folder.prepare()
    if (first === 'Apache Kafka') folder.formatByKafka()
    await folder.start(first)
    folder.write(first)
    folder.readByGroup(first, 1000)
    await folder.stop()
    folder.dump(first)

    await folder.start(second)
    folder.read(second, first)
    folder.write(second)
    folder.readByGroup(second, 1000)
    await folder.stop()
    folder.dump(`${first}, then ${second}`)

    await folder.start(first)
    folder.read(first, `${first}, then ${second}`)
    folder.write(first)
    folder.readByGroup(first, 1000)
  } finally {
    await folder.remove()
  }
}

let failure: string | undefined
try {
  await exchange('Apache Kafka', 'Moldau')
  await exchange('Moldau', 'Apache Kafka')
} catch (error) {
  failure = error instanceof Error ? error.message : String(error)
  console.error(failure)
}
const seconds = Math.round((Date.now() - started) / 1000)
const failed = failure === undefined ? [] : [failure]
console.log(`${held.length} passed, ${failed.length} failed, 0 skipped`)
writeResult({
  part: 'folders',
  peer: 'Apache Kafka 4.3.1',
  checks: held.length + failed.length,
  passed: held.length,
  failed,
  figures: { checks: held.length, seconds },
  rows: held.map(check => ({ check })),
})
process.exitCode = failed.length
