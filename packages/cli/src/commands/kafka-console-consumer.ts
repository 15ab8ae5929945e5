/**
 * `kafka-console-consumer.sh`: prints the records of topics. Records go to standard output as the formatter makes them,
 * everything else to standard error; ends at `--max-messages`, after `--timeout-ms` without records, or on Ctrl-C, and
 * commits what was printed when the group was named.
 */
import { isKafkaError, type Consumer, type Kafka } from '@moldau/client'
import { nodeWorld, type World } from '@moldau/io'
import { clientOf, MissingFile } from '../cluster/client-properties.ts'
import { explain, reach } from '../cluster/failure.ts'
import { consumerSettings, rows, type ConsumerSettings } from '../console/consumer-options.ts'
import { formatterOf, type Formatter, type RawRecord } from '../console/formatter.ts'
import { DecodeError } from '../console/serdes.ts'
import { UsageError } from '../options/jopt.ts'
import { runJopt } from '../options/run-jopt.ts'
import { OutputGone, type Terminal } from '../terminal.ts'

const tool = {
  rows,
  purpose: 'Reads records of topics and prints them on standard output.',
  isUsageShownForUnknownOption: true,
}

/** Records that are formatted and written at once. */
const batchRecordsMax = 500
/** How long the last commit may take. */
const commitTimeoutMs = 5000
/** A process that SIGINT ended, to the shell. */
const interruptedExitCode = 130

type BytesConsumer = Consumer<Buffer | null, Buffer | null>

/** Why reading ended, without anything having failed. */
class Ended extends Error {
  readonly exitCode: number
  constructor(exitCode: number) {
    super('The console consumer ended')
    this.exitCode = exitCode
  }
}

/** Runs the tool. */
export function kafkaConsoleConsumer(
  words: readonly string[],
  terminal: Terminal,
  world: World = nodeWorld(),
): Promise<number> {
  return runJopt(tool, words, terminal, async options => {
    try {
      const settings = consumerSettings(options, terminal, world.random)
      const format = formatterOf(settings.formatterClass, settings.formatter, terminal)
      if (format === undefined)
        throw new UsageError(
          `${settings.formatterClass}\nMoldau runs no Java classes; see --formatter`,
        )
      await using kafka = clientOf(settings.client, terminal, world)
      const exitCode = await new ConsoleConsumer(settings, format, terminal, world).run(kafka)
      if (settings.isTellingEvents) terminal.out('shutdown_complete')
      return exitCode
    } catch (error) {
      if (error instanceof MissingFile) terminal.err(error.hint)
      else if (isKafkaError(error)) terminal.err(error.message)
      else throw error
      return 1
    }
  })
}

class ConsoleConsumer {
  readonly #settings: ConsumerSettings
  readonly #format: Formatter
  readonly #terminal: Terminal
  readonly #world: World
  readonly #stop = new AbortController()
  readonly #giveUp = new AbortController()
  #count = 0

  constructor(settings: ConsumerSettings, format: Formatter, terminal: Terminal, world: World) {
    this.#settings = settings
    this.#format = format
    this.#terminal = terminal
    this.#world = world
  }

  /** Reads to the end; the exit code. */
  async run(kafka: Kafka): Promise<number> {
    this.#terminal.onInterrupt(count => {
      this.#stop.abort(new Ended(interruptedExitCode))
      if (count > 1) this.#giveUp.abort(new Ended(interruptedExitCode))
    })
    const consumer = kafka.consumer()
    let exitCode: number
    try {
      await reach(kafka)
      await this.#start(consumer)
      exitCode = await this.#read(consumer)
      if (this.#settings.isCommitting && this.#count > 0) await this.#commit(consumer)
    } catch (error) {
      exitCode = this.#failed(error)
    }
    await consumer.close({ signal: this.#giveUp.signal }).catch((error: unknown) => {
      if (!(error instanceof Ended)) this.#tell(error)
    })
    this.#terminal.err(`Processed a total of ${this.#count} messages`)
    return exitCode
  }

  async #start(consumer: BytesConsumer): Promise<void> {
    const { source } = this.#settings
    if (source.kind === 'topic') await consumer.subscribe(source.topic)
    else consumer.assign([source])
  }

  async #read(consumer: BytesConsumer): Promise<number> {
    const { maxMessages } = this.#settings
    try {
      while (this.#count < maxMessages) {
        const maxRecords = Math.min(batchRecordsMax, maxMessages - this.#count)
        const batch = await this.#next(consumer, maxRecords)
        if (batch === undefined || !(await this.#print(batch))) return batch === undefined ? 0 : 1
      }
      return 0
    } catch (error) {
      if (error instanceof Ended) return error.exitCode
      throw error
    }
  }

  /** @throws Ended when nothing came in time, or on Ctrl-C */
  async #next(
    consumer: BytesConsumer,
    maxRecords: number,
  ): Promise<readonly RawRecord[] | undefined> {
    const { timeoutMs } = this.#settings
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.#world.timers.after(timeoutMs, () => this.#stop.abort(new Ended(0)))
    try {
      const result = await consumer.batches({ maxRecords, signal: this.#stop.signal }).next()
      return result.done === true ? undefined : result.value.records
    } finally {
      timer?.cancel()
    }
  }

  /** False when a record cannot be printed, after those before it. */
  async #print(records: readonly RawRecord[]): Promise<boolean> {
    const parts: Buffer[] = []
    let isFine = true
    for (const record of records) {
      this.#count++
      try {
        parts.push(this.#format(record))
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        this.#terminal.err(
          `Cannot print ${record.topic}-${record.partition} at offset ${record.offset}: ${error.message}`,
        )
        if (this.#settings.isSkipping) continue
        isFine = false
        break
      }
    }
    await this.#terminal.write(Buffer.concat(parts))
    return isFine
  }

  async #commit(consumer: BytesConsumer): Promise<void> {
    try {
      await consumer.commit(undefined, { timeoutMs: commitTimeoutMs, signal: this.#giveUp.signal })
    } catch (error) {
      if (!(error instanceof Ended)) this.#tell(error)
    }
  }

  /** Kafka's tool goes on trying, so that only a timeout ends it, with 0. */
  #failed(error: unknown): number {
    if (!isKafkaError(error) && !(error instanceof OutputGone)) throw error
    this.#tell(error)
    if (error instanceof OutputGone) return 0
    const mayPass = error.retriable || error.code === 'UNKNOWN_TOPIC_OR_PARTITION'
    return mayPass && this.#settings.timeoutMs !== undefined ? 0 : 1
  }

  #tell(error: unknown): void {
    const { message, hint } = explain(error, this.#settings.servers)
    this.#terminal.err(message)
    if (hint !== undefined) this.#terminal.err(hint)
  }
}
