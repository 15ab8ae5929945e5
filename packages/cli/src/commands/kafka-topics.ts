/**
 * `kafka-topics.sh`: creates, lists, describes, alters and deletes topics. Its results and its errors go to standard
 * output in the words of Kafka 4.3.1; what to do about an error goes to standard error.
 */
import { isKafkaError, type Admin } from '@moldau/client'
import { nodeWorld, type World } from '@moldau/io'
import { clientOf, readPropertiesFile } from '../cluster/client-properties.ts'
import { explain, reach } from '../cluster/failure.ts'
import { UsageError } from '../options/jopt.ts'
import { runJopt } from '../options/run-jopt.ts'
import type { Terminal } from '../terminal.ts'
import { describeTopics } from '../topics/describe.ts'
import { countOf, parseAssignment, parseConfigs, TopicCommandError } from '../topics/new-topic.ts'
import { actionOf, rows, type Action, type TopicOptions } from '../topics/options.ts'
import { filterTopics } from '../topics/topic-filter.ts'

const tool = {
  rows,
  purpose: 'Makes, lists, describes, alters and deletes topics.',
  isUsageShownForUnknownOption: false,
}

/** Runs the tool. */
export function kafkaTopics(
  words: readonly string[],
  terminal: Terminal,
  world: World = nodeWorld(),
): Promise<number> {
  return runJopt(tool, words, terminal, async options => {
    const action = actionOf(options)
    const servers = options.value('bootstrap-server') ?? ''
    try {
      const file = options.value('command-config')
      const properties = file === undefined ? new Map() : readPropertiesFile(terminal, file)
      properties.set('bootstrap.servers', servers)
      await using kafka = clientOf(properties, terminal, world)
      if (options.has('delete-config'))
        terminal.err('--delete-config has no effect since Kafka 4.0; use kafka-configs')
      const act = prepare(action, options, terminal)
      await reach(kafka)
      await act(kafka.admin())
      return 0
    } catch (error) {
      if (error instanceof UsageError) throw error
      const { message, hint } = explain(error, servers)
      terminal.out(`Error while executing topic command : ${message}`)
      if (hint !== undefined) terminal.err(hint)
      return 1
    }
  })
}

/** Reads what the action needs of the options, before anybody is asked. @throws TopicCommandError */
function prepare(
  action: Action,
  options: TopicOptions,
  terminal: Terminal,
): (admin: Admin) => Promise<void> {
  switch (action) {
    case 'create':
      return create(options, terminal)
    case 'alter':
      return alter(options)
    case 'list':
      return async admin => terminal.out((await topicsOf(admin, options)).join('\n'))
    case 'describe':
      return describe(options, terminal)
    case 'delete':
      return async admin => {
        const names = await existing(admin, options)
        if (names.length > 0) await admin.deleteTopics(names)
      }
  }
}

function create(options: TopicOptions, terminal: Terminal): (admin: Admin) => Promise<void> {
  const name = options.value('topic') ?? ''
  const configs = parseConfigs(options.values('config'))
  const assignmentText = options.value('replica-assignment')
  const assignment = assignmentText === undefined ? undefined : parseAssignment(assignmentText)
  const partitions = countOf(options, 'partitions')
  const replicationFactor = countOf(options, 'replication-factor')
  if (/[._]/.test(name))
    terminal.out(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.",
    )
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > 32_767))
    throw new TopicCommandError('The replication factor must be between 1 and 32767 inclusive')
  if (partitions !== undefined && partitions < 1)
    throw new TopicCommandError('The partitions must be greater than 0')
  return async admin => {
    try {
      await admin.createTopics([
        {
          name,
          configs,
          ...(partitions !== undefined && { partitions }),
          ...(replicationFactor !== undefined && { replicationFactor }),
          ...(assignment !== undefined && { assignments: new Map(assignment.entries()) }),
        },
      ])
      terminal.out(`Created topic ${name}.`)
    } catch (error) {
      const isThere = isKafkaError(error) && error.code === 'TOPIC_ALREADY_EXISTS'
      if (!isThere || !options.has('if-not-exists')) throw error
    }
  }
}

function alter(options: TopicOptions): (admin: Admin) => Promise<void> {
  const count = countOf(options, 'partitions') ?? 0
  const assignmentText = options.value('replica-assignment')
  const assignment = assignmentText === undefined ? undefined : parseAssignment(assignmentText)
  return async admin => {
    const names = await existing(admin, options)
    if (names.length === 0) return
    const topics = assignment === undefined ? undefined : await admin.describeTopics(names)
    await admin.createPartitions(
      names.map(topic => ({
        topic,
        count,
        // The assignment names the brokers of all partitions, those that exist included.
        ...(assignment !== undefined && {
          assignments: assignment.slice(topics?.get(topic)?.partitions.length ?? 0),
        }),
      })),
    )
  }
}

function describe(options: TopicOptions, terminal: Terminal): (admin: Admin) => Promise<void> {
  const topicId = options.value('topic-id')
  if (topicId === undefined || topicId === 'AAAAAAAAAAAAAAAAAAAAAA')
    return async admin => describeTopics(admin, await existing(admin, options), options, terminal)
  checkUuid(topicId)
  return async admin => {
    const all = await admin.listTopics({ includeInternal: true })
    const named = [...all].filter(([, topic]) => topic.topicId === topicId).map(([name]) => name)
    const names = filterTopics(named, undefined, options.has('exclude-internal'))
    if (names.length === 0 && !options.has('if-exists'))
      throw new TopicCommandError(`TopicId '${topicId}' does not exist as expected`)
    await describeTopics(admin, names, options, terminal)
  }
}

function checkUuid(text: string): void {
  if (text.length > 24)
    throw new TopicCommandError(
      `Input string with prefix \`${text.slice(0, 24)}\` is too long to be decoded as a base64 UUID`,
    )
  const { length } = Buffer.from(text, 'base64url')
  if (length !== 16)
    throw new TopicCommandError(
      `Input string \`${text}\` decoded as ${length} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID`,
    )
}

async function topicsOf(admin: Admin, options: TopicOptions): Promise<string[]> {
  const all = await admin.listTopics({ includeInternal: true })
  return filterTopics(all.keys(), options.value('topic'), options.has('exclude-internal'))
}

/** The topics that `--topic` means. @throws TopicCommandError if there is none, unless with `--if-exists` */
async function existing(admin: Admin, options: TopicOptions): Promise<string[]> {
  const names = await topicsOf(admin, options)
  const topic = options.value('topic')
  if (names.length === 0 && topic !== undefined && !options.has('if-exists'))
    throw new TopicCommandError(`Topic '${topic}' does not exist as expected`)
  return names
}
