/** What the console producer and consumer print, against output captured from those of Kafka 4.3.1. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { shellWithBroker, type Shell } from '../support/cluster.ts'
import { FakeTerminal } from '../support/fake-terminal.ts'

let shell: Shell
before(async () => {
  shell = await shellWithBroker(2)
  for (const topic of ['plain', 'keyed', 'group', 'live'])
    await shell.run(`kafka-topics SERVER --create --topic ${topic} --partitions 1`)
})
after(() => shell.stop())

const produce = (options: string, ...lines: string[]): Promise<string> =>
  shell.run(`kafka-console-producer SERVER ${options}`, { lines })
const consume = (options: string): Promise<string> =>
  shell.run(`kafka-console-consumer SERVER ${options}`)
const firstOf = async (transcript: Promise<string>): Promise<string | undefined> =>
  (await transcript).split('\n')[0]

test('what the producer reads, the consumer prints', async () => {
  assert.equal(await produce('--topic plain', 'hello', 'world'), '[exit 0]')
  const ended = '[stderr] Processed a total of 2 messages\n[exit 0]'
  assert.equal(
    await consume('--topic plain --from-beginning --timeout-ms 4000'),
    `hello\nworld\n${ended}`,
  )
  assert.equal(
    await consume('--topic plain --from-beginning --max-messages 2'),
    `hello\nworld\n${ended}`,
  )
  assert.equal(
    await consume('--include pl.* --from-beginning --max-messages 1'),
    'hello\n[stderr] Processed a total of 1 messages\n[exit 0]',
  )
})

test('keys, headers and nulls go in and come out in the columns that are asked for', async () => {
  const reader =
    '--topic keyed --reader-property parse.key=true --reader-property parse.headers=true --reader-property null.marker=NULL'
  assert.equal(
    await produce(reader, 'h1:a,h2:b\tk1\tv1', 'NULL\tk2\tNULL', 'h:NULL\tNULL\tx'),
    '[exit 0]',
  )
  const columns = ['key', 'offset', 'partition', 'headers', 'epoch', 'value']
    .map(name => `--formatter-property print.${name}=true`)
    .join(' ')
  assert.equal(
    await consume(`--topic keyed --partition 0 --offset earliest --max-messages 3 ${columns}`),
    [
      'Partition:0\tOffset:0\tEpoch:NOT_PRESENT\th1:a,h2:b\tk1\tv1',
      'Partition:0\tOffset:1\tEpoch:NOT_PRESENT\tNO_HEADERS\tk2\tnull',
      'Partition:0\tOffset:2\tEpoch:NOT_PRESENT\th:null\tnull\tx',
      '[stderr] Processed a total of 3 messages',
      '[exit 0]',
    ].join('\n'),
  )
  assert.equal(
    await consume(
      '--topic keyed --partition 0 --offset 2 --timeout-ms 1000 --property print.key=true --property key.separator=| --property null.literal=nil',
    ),
    'Option --property is deprecated and will be removed in a future version. Use --formatter-property instead.\nnil|x\n[stderr] Processed a total of 1 messages\n[exit 0]',
  )
  assert.match(
    await consume(
      '--topic keyed --from-beginning --max-messages 1 --formatter-property print.timestamp=true',
    ),
    /^CreateTime:17000\d{8}\tv1\n/,
  )
})

test('a line without a key ends the producer, after the lines before it were sent', async () => {
  await shell.run('kafka-topics SERVER --create --topic lines --partitions 1')
  const reader = '--topic lines --reader-property parse.key=true --reader-property key.separator=:'
  assert.equal(
    await produce(reader, 'k1:v1', 'k2:v2', 'k1:', 'nokey'),
    "[stderr] org.apache.kafka.common.KafkaException: No key separator found on line number 4: 'nokey'\n[exit 1]",
  )
  assert.equal(
    await consume('--topic lines --from-beginning --timeout-ms 3000'),
    'v1\nv2\n\n[stderr] Processed a total of 3 messages\n[exit 0]',
  )
})

test('a named group goes on where it ended', async () => {
  await produce('--topic group --sync --compression-codec', 'a', 'b', 'c')
  const read = '--topic group --group readers --from-beginning'
  assert.equal(
    await consume(`${read} --max-messages 2`),
    'a\nb\n[stderr] Processed a total of 2 messages\n[exit 0]',
  )
  assert.equal(
    await consume(`${read} --timeout-ms 4000`),
    'c\n[stderr] Processed a total of 1 messages\n[exit 0]',
  )
})

test('prints numbers as Java does, and ends or goes on at what is none', async () => {
  const long = '--value-deserializer org.apache.kafka.common.serialization.LongDeserializer'
  assert.equal(
    await consume(`--topic plain --partition 0 --offset earliest --max-messages 2 ${long}`),
    '[stderr] Cannot print plain-0 at offset 0: Size of data received by LongDeserializer is not 8\n[stderr] Processed a total of 1 messages\n[exit 1]',
  )
  assert.match(
    await consume(
      `--topic plain --partition 0 --offset earliest --max-messages 2 --skip-message-on-error ${long}`,
    ),
    /\[stderr\] Processed a total of 2 messages\n\[exit 0\]$/,
  )
})

test('Ctrl-C ends the consumer with the count', async () => {
  const terminal = new FakeTerminal()
  const running = await shell.start(
    'kafka-console-consumer SERVER --topic live --enable-systest-events',
    terminal,
  )
  await running.advance(10_000)
  await produce('--topic live', 'late')
  await running.advance(1000)
  assert.equal(terminal.stdout, 'late\n')
  terminal.interrupt()
  assert.equal(
    await running.finish(),
    'late\nshutdown_complete\n[stderr] Processed a total of 1 messages\n[exit 130]',
  )
})

test('a prompt is printed for each line when a person types', async () => {
  const transcript = await shell.run('kafka-console-producer SERVER --topic live', {
    lines: ['a'],
    isInteractive: true,
  })
  assert.equal(transcript, '>>[exit 0]')
})

test('says at once that nothing listens, with the exit code of the real tools', async () => {
  const reason =
    '[stderr] Nothing listens there. Start a broker with `npm start`, or name another with --bootstrap-server HOST:PORT.'
  assert.equal(
    await shell.run('kafka-console-producer --bootstrap-server host-1:1 --topic t', {
      lines: ['x'],
    }),
    `[stderr] Error when sending message to topic t: Cannot reach host-1:1 (connection refused)\n${reason}\n[exit 0]`,
  )
  assert.equal(
    await shell.run('kafka-console-consumer --bootstrap-server host-1:1 --topic t'),
    `[stderr] Cannot reach host-1:1 (connection refused)\n${reason}\n[stderr] Processed a total of 0 messages\n[exit 1]`,
  )
})

test('warns of the former names of the producer options', async () => {
  const files = { p: 'linger.ms=1' }
  const transcript = await shell.run(
    'kafka-console-producer SERVER --topic live --property parse.key=false --producer-property acks=1 --producer.config p',
    { files },
  )
  const warning = (old: string, now: string): string =>
    `Warning: --${old} is deprecated and will be removed in a future version. Use --${now} instead.\n`
  assert.equal(
    transcript,
    `${warning('property', 'reader-property')}${warning('producer-property', 'command-property')}${warning('producer.config', 'command-config')}[exit 0]`,
  )
})

test('refuses options that do not go together, in the words of Kafka', async () => {
  const consumerMistakes: [string, string][] = [
    ['', 'Exactly one of the following arguments is required: [topic], [include]'],
    [
      '--topic a --include b',
      'Exactly one of the following arguments is required: [topic], [include]',
    ],
    ['--topic a --offset 3', 'The partition is required when offset is specified.'],
    ['--include a --partition 0', 'The topic is required when partition is specified.'],
    [
      '--topic a --partition 0 --group g',
      'Options group and partition cannot be specified together.',
    ],
    [
      '--topic a --partition 0 --offset -1',
      "The provided offset value '-1' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.",
    ],
    [
      '--topic a --partition 0 --offset 1 --from-beginning',
      'Options from-beginning and offset cannot be specified together.',
    ],
    [
      '--topic a --property b=c --formatter-property d=e',
      'Options --property and --formatter-property cannot be specified together.',
    ],
    [
      '--topic a --group a --command-property group.id=b',
      "The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: 'a', 'b'",
    ],
    [
      '--topic a --from-beginning --command-property auto.offset.reset=latest',
      "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest', please remove one option",
    ],
    ['--topic a --foo', 'foo is not a recognized option'],
  ]
  for (const [options, message] of consumerMistakes)
    assert.equal(await firstOf(consume(options)), `[stderr] ${message}`)
  const producerMistakes: [string, string][] = [
    ['', 'Missing required argument "[topic]"'],
    [
      '--topic a --producer-property b=c --command-property d=e',
      'Options --command-property and --producer-property cannot be specified together.',
    ],
    ['--topic a --batch-size x', "Cannot parse argument 'x' of option batch-size"],
    ['--topic a --line-reader foo', 'java.lang.ClassNotFoundException: foo'],
  ]
  for (const [options, message] of producerMistakes)
    assert.equal(await firstOf(produce(options)), `[stderr] ${message}`)
})
