/** What kafka-topics prints, against output captured from the tool of Kafka 4.3.1. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { shellWithBroker, type Shell } from '../support/cluster.ts'

let shell: Shell
before(async () => {
  shell = await shellWithBroker(1)
})
after(() => shell.stop())

const warning =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\n"

async function expects(command: string, transcript: string): Promise<void> {
  assert.equal(await shell.run(`kafka-topics SERVER ${command}`), transcript, command)
}

test('creates topics, and warns of names that metrics could mix up', async () => {
  await expects(
    '--create --topic orders --partitions 3 --config retention.ms=86400000 --config min.insync.replicas=1',
    'Created topic orders.\n[exit 0]',
  )
  await expects(
    '--create --topic my_topic --partitions 1',
    `${warning}Created topic my_topic.\n[exit 0]`,
  )
  await expects(
    '--create --topic manual --replica-assignment 1,1',
    'Created topic manual.\n[exit 0]',
  )
  await expects('--create --topic a.b', `${warning}Created topic a.b.\n[exit 0]`)
})

test('tells on standard output why a topic cannot be created', async () => {
  const failed = 'Error while executing topic command : '
  await expects(
    '--create --topic my_topic',
    `${warning}${failed}Topic 'my_topic' already exists.\n[exit 1]`,
  )
  await expects('--create --if-not-exists --topic my_topic', `${warning}[exit 0]`)
  await expects(
    '--create --topic a_b',
    `${warning}${failed}Topic 'a_b' collides with existing topic: a.b\n[exit 1]`,
  )
  await expects(
    "--create --topic 'sp ace'",
    `${failed}Topic name is invalid: 'sp ace' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --config foo=bar',
    `${failed}Unknown topic config name: foo\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --config foo',
    `${failed}requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --partitions x',
    `${failed}Cannot parse argument 'x' of option partitions\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --partitions 0',
    `${failed}The partitions must be greater than 0\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --replica-assignment 1,2:1',
    `${failed}Partition 1 has different replication factor: [2, 1]\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --replica-assignment 1:1',
    `${failed}Partition replica lists may not contain duplicate entries: 1\n[exit 1]`,
  )
  await expects(
    '--create --topic bad --replication-factor 9',
    `${failed}Unable to replicate the partition 9 time(s): The target replication factor of 9 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.\n[stderr] there are fewer brokers than replicas asked for\n[exit 1]`,
  )
})

test('lists names, sorted, by a regular expression', async () => {
  await expects('--list', 'a.b\nmanual\nmy_topic\norders\n[exit 0]')
  await expects('--list --exclude-internal --topic or.*', 'orders\n[exit 0]')
  await expects('--list --topic orders,m.*l', 'manual\norders\n[exit 0]')
  await expects('--list --topic nope', '\n[exit 0]')
})

test('describes topics: settings, leaders, replicas', async () => {
  const transcript = await shell.run('kafka-topics SERVER --describe --topic orders')
  const topicId = /TopicId: (\S{22})/.exec(transcript)?.[1] ?? ''
  const described = [
    `Topic: orders\tTopicId: ${topicId}\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: min.insync.replicas=1,retention.ms=86400000`,
    ...[0, 1, 2].map(
      partition =>
        `\tTopic: orders\tPartition: ${partition}\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: `,
    ),
    '[exit 0]',
  ].join('\n')
  assert.equal(transcript, described)
  await expects(`--describe --topic-id ${topicId}`, described)
})

test('describes only what a filter lets through', async () => {
  await expects('--describe --under-replicated-partitions', '[exit 0]')
  await expects('--describe --under-min-isr-partitions', '[exit 0]')
  await expects('--describe --unavailable-partitions', '[exit 0]')
  await expects(
    '--describe --at-min-isr-partitions --topic my_topic',
    '\tTopic: my_topic\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: \n[exit 0]',
  )
  const overridden = await shell.run(
    'kafka-topics SERVER --describe --topics-with-overrides --topic orders,manual',
  )
  // As with Kafka, the minimum that ELR sets for all brokers counts as one.
  assert.match(
    overridden,
    /^Topic: manual\t[^\n]*min\.insync\.replicas=1\nTopic: orders\t[^\n]*retention\.ms=86400000\n\[exit 0\]$/,
  )
})

test('tells of topics that are not there, unless that is fine', async () => {
  const failed = 'Error while executing topic command : '
  for (const action of ['describe', 'delete', 'alter --partitions 3']) {
    await expects(
      `--${action} --topic nope`,
      `${failed}Topic 'nope' does not exist as expected\n[exit 1]`,
    )
    await expects(`--${action} --if-exists --topic nope`, '[exit 0]')
  }
  await expects(
    '--describe --topic-id AAAAAAAAAAAAAAAAAAAABQ',
    `${failed}TopicId 'AAAAAAAAAAAAAAAAAAAABQ' does not exist as expected\n[exit 1]`,
  )
  await expects(
    '--describe --topic-id foo',
    `${failed}Input string \`foo\` decoded as 2 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID\n[exit 1]`,
  )
  await expects("--describe --topic 'a('", `${failed}a( is an invalid regex.\n[exit 1]`)
})

test('adds partitions and deletes without a word', async () => {
  await expects('--alter --topic my_topic --partitions 2', '[exit 0]')
  await expects(
    '--alter --topic my_topic --partitions 1',
    'Error while executing topic command : The topic my_topic currently has 2 partition(s); 1 would not be an increase.\n[exit 1]',
  )
  await expects('--delete --topic a.b', '[exit 0]')
  await expects('--list', 'manual\nmy_topic\norders\n[exit 0]')
})

test('says at once that nothing listens at the address', async () => {
  assert.equal(
    await shell.run('kafka-topics --bootstrap-server host-1:1 --list'),
    [
      'Error while executing topic command : Cannot reach host-1:1 (connection refused)',
      '[stderr] Nothing listens there. Start a broker with `npm start`, or name another with --bootstrap-server HOST:PORT.',
      '[exit 1]',
    ].join('\n'),
  )
})

test('reads a properties file and passes over what it does not know', async () => {
  const files = { 'a.properties': 'request.timeout.ms=5000\nssl.truststore.type=PEM\nfoo.bar=1\n' }
  assert.equal(
    await shell.run('kafka-topics SERVER --list --topic manual --command-config a.properties', {
      files,
    }),
    'manual\n[stderr] Passed over, as the client does not know it: foo.bar\n[exit 0]',
  )
  assert.equal(
    await shell.run('kafka-topics SERVER --list --command-config missing'),
    'Error while executing topic command : missing\n[stderr] Cannot read the properties file missing (ENOENT)\n[exit 1]',
  )
})

test('prints the first line of a mistake on the command line, then the usage', async () => {
  const first = async (command: string): Promise<string | undefined> =>
    (await shell.run(`kafka-topics ${command}`)).split('\n')[0]
  assert.equal(
    await first('SERVER'),
    '[stderr] Command must include exactly one action: --list, --describe, --create, --alter or --delete',
  )
  assert.equal(await first('SERVER --create'), '[stderr] Missing required argument "[topic]"')
  assert.equal(
    await first('SERVER --alter --topic a'),
    '[stderr] Missing required argument "[partitions]"',
  )
  assert.equal(
    await first('SERVER --list --partitions 3'),
    '[stderr] Option "[partitions]" can\'t be used with option "[list]"',
  )
  assert.equal(
    await first('SERVER --create --topic a --replica-assignment 1 --partitions 1'),
    '[stderr] Option "[replica-assignment]" can\'t be used with option "[partitions]"',
  )
  assert.equal(
    await first('SERVER --describe --topics-with-overrides --unavailable-partitions'),
    '[stderr] Option "[unavailable-partitions]" can\'t be used with option "[topics-with-overrides]"',
  )
  assert.equal(await first('--list'), '[stderr] --bootstrap-server must be specified')
  assert.equal(
    await shell.run('kafka-topics SERVER --lisst'),
    '[stderr] lisst is not a recognized option\n[stderr] Did you mean --list?\n[exit 1]',
  )
  assert.equal(await shell.run('kafka-topics --version'), '4.3.1\n[exit 0]')
})
