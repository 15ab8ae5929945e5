/** The options of kafka-topics, and which of them go together. */
import { refuseTogether, requireOptions, UsageError, type ParsedOptions } from '../options/jopt.ts'

export const rows = {
  alter: { doc: 'Gives a topic more partitions. (kafka-configs changes its configuration.)' },
  'at-min-isr-partitions': {
    doc: 'With --describe: only partitions with just as many replicas in sync as min.insync.replicas asks for.',
  },
  'bootstrap-server': {
    value: 'required',
    argument: 'String: server to connect to',
    required: true,
    doc: 'Brokers to begin with: HOST:PORT, separated by commas.',
  },
  'command-config': {
    value: 'required',
    argument: 'String: command config property file',
    doc: 'A properties file for the client.',
  },
  config: {
    value: 'required',
    argument: 'String: name=value',
    doc: 'With --create: a setting of the new topic, such as retention.ms=86400000; may be repeated. (kafka-configs changes those of a topic that exists.)',
  },
  create: { doc: 'Makes a topic.' },
  delete: { doc: 'Deletes topics.' },
  'delete-config': {
    value: 'required',
    argument: 'String: name',
    doc: 'Without effect since Kafka 4.0.',
  },
  describe: { doc: 'Shows partitions, leaders, replicas and settings of topics.' },
  'exclude-internal': { doc: 'With --list and --describe: leaves out internal topics.' },
  help: { doc: 'Prints this table.' },
  'if-exists': { doc: 'With --alter, --delete, --describe: a topic that is missing is no error.' },
  'if-not-exists': { doc: 'With --create: a topic that exists is no error.' },
  list: { doc: 'Lists the names of topics.' },
  'partition-size-limit-per-response': {
    value: 'required',
    argument: 'Integer: maximum number of partitions per response',
    doc: 'Accepted without effect.',
  },
  partitions: {
    value: 'required',
    argument: 'Integer: # of partitions',
    doc: "How many partitions the topic gets; with --create the broker's num.partitions if left out. More partitions later send keys elsewhere than before.",
  },
  'replica-assignment': {
    value: 'required',
    argument:
      'String: broker_id_for_part1_replica1 : broker_id_for_part1_replica2 , broker_id_for_part2_replica1 : broker_id_for_part2_replica2 , ...',
    doc: 'The brokers of each partition, in place of counts.',
  },
  'replication-factor': {
    value: 'required',
    argument: 'Integer: replication factor',
    doc: "How many copies each partition gets; the broker's default.replication.factor if left out.",
  },
  topic: {
    value: 'required',
    argument: 'String: topic',
    doc: 'The topic; a regular expression, but for --create.',
  },
  'topic-id': {
    value: 'required',
    argument: 'String: topic-id',
    doc: 'With --describe: the id of the topic.',
  },
  'topics-with-overrides': { doc: 'With --describe: only topics with settings of their own.' },
  'unavailable-partitions': { doc: 'With --describe: only partitions without a leader.' },
  'under-min-isr-partitions': {
    doc: 'With --describe: only partitions with fewer replicas in sync than min.insync.replicas asks for.',
  },
  'under-replicated-partitions': {
    doc: 'With --describe: only partitions with replicas that are not in sync.',
  },
  version: { doc: 'Prints the version.' },
} as const

export type TopicOptions = ParsedOptions<typeof rows>

/** What is done; exactly one is asked for. */
export type Action = (typeof actions)[number]

const actions = ['list', 'describe', 'create', 'alter', 'delete'] as const

/** Narrow what `--describe` shows; each excludes the others. */
const filters = [
  'under-replicated-partitions',
  'under-min-isr-partitions',
  'at-min-isr-partitions',
  'unavailable-partitions',
  'topics-with-overrides',
] as const

/** The one action. @throws UsageError in Kafka's words for options that do not go together */
export function actionOf(options: TopicOptions): Action {
  const [action, another] = actions.filter(name => options.has(name))
  if (action === undefined || another !== undefined)
    throw new UsageError(
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    )
  if (!options.has('bootstrap-server'))
    throw new UsageError('--bootstrap-server must be specified', false)
  checkRequired(options, action)
  checkTogether(options)
  return action
}

function checkRequired(options: TopicOptions, action: Action): void {
  if (action === 'describe') {
    if (options.has('if-exists') && !options.has('topic-id')) requireOptions(options, 'topic')
  } else if (action !== 'list') requireOptions(options, 'topic')
  if (action !== 'alter') return
  if (options.has('config'))
    throw new UsageError(
      'Option combination "[[config], [bootstrap-server]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)',
    )
  requireOptions(options, 'partitions')
}

function checkTogether(options: TopicOptions): void {
  const allBut = (...allowed: Action[]): Action[] => actions.filter(name => !allowed.includes(name))
  refuseTogether(options, 'config', allBut('create'))
  refuseTogether(options, 'partitions', allBut('create', 'alter'))
  refuseTogether(options, 'replication-factor', allBut('create'))
  refuseTogether(options, 'replica-assignment', allBut('create', 'alter'))
  if (options.has('create'))
    refuseTogether(options, 'replica-assignment', ['partitions', 'replication-factor'])
  for (const filter of filters)
    refuseTogether(options, filter, [
      ...(filter === 'topics-with-overrides'
        ? []
        : filters.filter(other => other !== filter).reverse()),
      ...allBut('describe'),
    ])
  refuseTogether(options, 'if-exists', allBut('alter', 'delete', 'describe'))
  refuseTogether(options, 'if-not-exists', allBut('create'))
  refuseTogether(options, 'exclude-internal', allBut('list', 'describe'))
  refuseTogether(options, 'topic-id', allBut('describe'))
}
