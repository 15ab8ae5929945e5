/** The tools, by the name that people type. Each is loaded when it is asked for: a list of topics pays for no server. */
import type { Terminal } from './terminal.ts'

/** Runs a tool with its words; the result is the exit code. */
export type Tool = (words: readonly string[], terminal: Terminal) => Promise<number>

export const tools: Readonly<Record<string, () => Promise<Tool>>> = {
  'kafka-console-consumer': async () =>
    (await import('./commands/kafka-console-consumer.ts')).kafkaConsoleConsumer,
  'kafka-console-producer': async () =>
    (await import('./commands/kafka-console-producer.ts')).kafkaConsoleProducer,
  'kafka-server-start': async () =>
    (await import('./commands/kafka-server-start.ts')).kafkaServerStart,
  'kafka-server-stop': async () =>
    (await import('./commands/kafka-server-stop.ts')).kafkaServerStop,
  'kafka-topics': async () => (await import('./commands/kafka-topics.ts')).kafkaTopics,
}
