/** What `--create` and `--alter` say of a topic, checked in the order and the words of Kafka's tool. */
import type { TopicOptions } from './options.ts'

/** Wrong values; the message follows "Error while executing topic command : ". */
export class TopicCommandError extends Error {}

/** Brokers by partition, from `1:2,2:3`. @throws TopicCommandError */
export function parseAssignment(text: string): number[][] {
  const partitions = text.split(',').map(brokers =>
    brokers.split(':').map(broker => {
      if (!/^\s*[-+]?\d+\s*$/.test(broker))
        throw new TopicCommandError(`For input string: "${broker.trim()}"`)
      return Number(broker)
    }),
  )
  partitions.forEach((brokers, partition) => {
    const duplicates = brokers.filter((broker, i) => brokers.indexOf(broker) !== i)
    if (duplicates.length > 0)
      throw new TopicCommandError(
        `Partition replica lists may not contain duplicate entries: ${[...new Set(duplicates)].join(', ')}`,
      )
    if (brokers.length !== partitions[0]?.length)
      throw new TopicCommandError(
        `Partition ${partition} has different replication factor: [${brokers.join(', ')}]`,
      )
  })
  return partitions
}

/** Settings from `name=value` words. @throws TopicCommandError */
export function parseConfigs(words: readonly string[]): Record<string, string> {
  const configs: Record<string, string> = {}
  for (const word of words) {
    const parts = word.split(/\s*=\s*/)
    const [name = '', value = ''] = parts
    if (parts.length !== 2)
      throw new TopicCommandError(
        'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
      )
    configs[name.trim()] = value.trim()
  }
  return configs
}

/** A whole number of an option. @throws TopicCommandError */
export function countOf(
  options: TopicOptions,
  name: 'partitions' | 'replication-factor',
): number | undefined {
  const text = options.value(name)
  if (text === undefined) return undefined
  const count = Number(text)
  if (!/^[-+]?\d+$/.test(text) || Math.abs(count) > 2 ** 31)
    throw new TopicCommandError(`Cannot parse argument '${text}' of option ${name}`)
  return count
}
