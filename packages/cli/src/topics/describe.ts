/** `kafka-topics --describe`: a line per topic with its settings, a line per partition, tabs between the fields. */
import type { Admin, DescribedConfigs, PartitionMetadata, TopicMetadata } from '@moldau/client'
import type { Terminal } from '../terminal.ts'
import type { TopicOptions } from './options.ts'

/** Prints what is asked for of the topics. @throws KafkaError */
export async function describeTopics(
  admin: Admin,
  names: readonly string[],
  options: TopicOptions,
  terminal: Terminal,
): Promise<void> {
  if (names.length === 0) return
  const topics = await admin.describeTopics(names)
  const configs = await admin.describeConfigs(names.map(name => ({ type: 'topic', name })))
  const configsByName = new Map(configs.map(config => [config.name, config]))
  const isShown = await partitionFilter(admin, options)
  for (const name of names) {
    const topic = topics.get(name)
    if (topic === undefined) continue
    const config = configsByName.get(name)
    const overrides = overridesOf(config)
    if (isShown === undefined && (overrides !== '' || !options.has('topics-with-overrides')))
      terminal.out(topicLine(topic, overrides))
    if (options.has('topics-with-overrides')) continue
    const minIsr = Number(config?.entries.get('min.insync.replicas')?.value ?? 1)
    for (const partition of topic.partitions)
      if (isShown === undefined || isShown(partition, minIsr))
        terminal.out(partitionLine(name, partition))
  }
}

type PartitionFilter = (partition: PartitionMetadata, minIsr: number) => boolean

/** undefined shows all. */
async function partitionFilter(
  admin: Admin,
  options: TopicOptions,
): Promise<PartitionFilter | undefined> {
  if (options.has('under-replicated-partitions'))
    return ({ isr, replicas }) => isr.length < replicas.length
  if (options.has('under-min-isr-partitions'))
    return ({ isr, leader }, minIsr) => leader < 0 || isr.length < minIsr
  if (options.has('at-min-isr-partitions')) return ({ isr }, minIsr) => isr.length === minIsr
  if (!options.has('unavailable-partitions')) return undefined
  const live = new Set((await admin.describeCluster()).brokers.map(broker => broker.id))
  return ({ leader }) => !live.has(leader)
}

/** The settings that are not Kafka's defaults. */
function overridesOf(config: DescribedConfigs | undefined): string {
  return [...(config?.entries.values() ?? [])]
    .filter(entry => entry.source !== 'DEFAULT_CONFIG')
    .map(({ name, value }) => `${name}=${value}`)
    .sort()
    .join(',')
}

function topicLine({ name, topicId, partitions }: TopicMetadata, overrides: string): string {
  return [
    `Topic: ${name}`,
    `TopicId: ${topicId}`,
    `PartitionCount: ${partitions.length}`,
    `ReplicationFactor: ${partitions[0]?.replicas.length ?? 0}`,
    `Configs: ${overrides}`,
  ].join('\t')
}

/** The client does not learn of eligible leader replicas (KIP-966); a single broker has none. */
function partitionLine(name: string, of: PartitionMetadata): string {
  return [
    '',
    `Topic: ${name}`,
    `Partition: ${of.partition}`,
    `Leader: ${of.leader < 0 ? 'none' : of.leader}`,
    `Replicas: ${of.replicas.join(',')}`,
    `Isr: ${of.isr.join(',')}`,
    'Elr: ',
    'LastKnownElr: ',
  ].join('\t')
}
