/**
 * `kafka-console-producer.sh`: each line of standard input becomes a record. Records that cannot be sent are told on
 * standard error and, as in Kafka 4.3.1, do not change the exit code, except with `--sync`.
 */
import { isKafkaError, type Producer } from '@moldau/client'
import { nodeWorld, type World } from '@moldau/io'
import { clientOf, MissingFile } from '../cluster/client-properties.ts'
import { explain, reach } from '../cluster/failure.ts'
import { LineError, lineParser, type ParsedLine } from '../console/line-reader.ts'
import {
  checkLineReader,
  producerSettings,
  rows,
  type ProducerSettings,
} from '../console/producer-options.ts'
import { runJopt } from '../options/run-jopt.ts'
import type { Terminal } from '../terminal.ts'

const tool = {
  rows,
  purpose: 'Reads lines from standard input and writes each as a record to a topic.',
  isUsageShownForUnknownOption: true,
}

type BytesProducer = Producer<Buffer | null, Buffer | null>

/** Runs the tool. */
export function kafkaConsoleProducer(
  words: readonly string[],
  terminal: Terminal,
  world: World = nodeWorld(),
): Promise<number> {
  return runJopt(tool, words, terminal, async options => {
    try {
      const settings = producerSettings(options, terminal)
      checkLineReader(options.value('line-reader') ?? '')
      const parse = lineParser(settings.reader)
      await using kafka = clientOf(settings.client, terminal, world)
      await using producer = kafka.producer()
      try {
        await reach(kafka)
      } catch (error) {
        tell(error, settings, terminal)
        return 0
      }
      return await produceLines(producer, parse, settings, terminal)
    } catch (error) {
      const line = firstLine(error)
      if (line === undefined) throw error
      terminal.err(line)
      if (error instanceof MissingFile) terminal.err(error.hint)
      return 1
    }
  })
}

/** Sends until the lines end. @throws LineError, after what came before was sent */
async function produceLines(
  producer: BytesProducer,
  parse: (line: string, lineNumber: number) => ParsedLine,
  settings: ProducerSettings,
  terminal: Terminal,
): Promise<number> {
  const { topic } = settings
  const told = new Set<string>()
  const failed = (error: unknown): void => {
    // A thousand records that fail for one reason are one message.
    const { message } = explain(error, settings.servers)
    if (told.has(message)) return
    told.add(message)
    tell(error, settings, terminal)
  }
  const prompt = (): void => {
    if (terminal.isInteractive) terminal.prompt('>')
  }
  let lineNumber = 0
  let isTopicKnown = false
  prompt()
  for await (const line of terminal.lines()) {
    const record = parse(line, ++lineNumber)
    try {
      if (!isTopicKnown) await producer.partitionsFor(topic, { timeoutMs: settings.maxBlockMs })
      isTopicKnown = true
      const sent = producer.send(topic, record)
      if (settings.isSync) await sent
      else sent.catch(failed)
    } catch (error) {
      failed(error)
      if (settings.isSync) return 1
      if (!isTopicKnown && !terminal.isInteractive) return 0
    }
    await producer.ready()
    prompt()
  }
  await producer.flush()
  return 0
}

function tell(error: unknown, { topic, servers }: ProducerSettings, terminal: Terminal): void {
  const { message, hint } = explain(error, servers)
  terminal.err(`Error when sending message to topic ${topic}: ${message}`)
  if (hint !== undefined) terminal.err(hint)
}

/** What Java's stack trace begins with; undefined for errors that are not ours. */
function firstLine(error: unknown): string | undefined {
  if (error instanceof LineError) return `org.apache.kafka.common.KafkaException: ${error.message}`
  if (error instanceof MissingFile) return `java.nio.file.NoSuchFileException: ${error.message}`
  if (isKafkaError(error) && error.code === 'CONFIG')
    return `org.apache.kafka.common.config.ConfigException: ${error.message}`
  return undefined
}
