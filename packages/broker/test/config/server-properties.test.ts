import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProperties } from '@moldau/base'
import { parseServerProperties } from '../../src/config/server-properties.ts'

const parse = (text: string) => parseServerProperties(parseProperties(text))

const messages = (text: string) => parse(text).problems.map(problem => problem.message)

test('starts without any setting, on loopback', () => {
  const { config, listeners, problems, warnings } = parse('')
  assert.deepEqual(problems, [])
  assert.deepEqual(warnings, [])
  assert.equal(config['node.id'], 1)
  assert.deepEqual(config['process.roles'], ['broker', 'controller'])
  assert.deepEqual(
    listeners.map(({ name, host, port }) => `${name} ${host} ${port}`),
    ['PLAINTEXT localhost 9092'],
  )
})

test('what is built in counts as written, unless the key is written by one of its names', () => {
  const { texts } = parse('')
  assert.equal(texts.get('listeners'), 'PLAINTEXT://localhost:9092')
  assert.equal(texts.get('log.dirs'), './moldau-data')
  assert.equal(texts.get('broker.id'), '1')
  const written = parse('broker.id=4\nlog.dir=/data').texts
  assert.equal(written.get('node.id'), '4')
  assert.equal(written.get('log.dirs'), undefined)
})

test('reads the file that Kafka ships', () => {
  const { config, listeners, problems, warnings } = parse(`
    process.roles=broker,controller
    node.id=7
    controller.quorum.bootstrap.servers=localhost:9093
    listeners=PLAINTEXT://:9092,CONTROLLER://:9093
    inter.broker.listener.name=PLAINTEXT
    advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
    controller.listener.names=CONTROLLER
    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL
    num.network.threads=3
    num.io.threads=8
    socket.send.buffer.bytes=102400
    socket.receive.buffer.bytes=102400
    socket.request.max.bytes=104857600
    log.dirs=/tmp/kraft-combined-logs
    num.partitions=1
    num.recovery.threads.per.data.dir=1
    offsets.topic.replication.factor=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    log.retention.hours=168
    log.segment.bytes=1073741824
    log.retention.check.interval.ms=300000
  `)
  assert.deepEqual(problems, [])
  assert.equal(config['node.id'], 7)
  assert.deepEqual(
    listeners.map(({ name, isController }) => [name, isController]),
    [
      ['PLAINTEXT', false],
      ['CONTROLLER', true],
    ],
  )
  assert.ok(
    warnings.includes(
      'num.network.threads, num.io.threads have no effect: one event loop does the work of these threads',
    ),
  )
})

test('names the setting that a misspelt one may have meant', () => {
  assert.deepEqual(messages('log.retenton.hours=1'), [
    'log.retenton.hours is no setting. Did you mean log.retention.hours?',
  ])
})

test('warns of a name that is like no other, and leaves the settings of plug-ins alone', () => {
  const { problems, warnings } = parse(`
    my.own.thing.of.great.length=1
    super.users=User:admin
    listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=secret
    config.providers.file.class=x
    rsm.config.bucket=b
    log.message.format.version=2.0
  `)
  assert.deepEqual(problems, [])
  assert.deepEqual(warnings, [
    'my.own.thing.of.great.length has no effect: there is no such setting',
    'super.users has no effect: there is no authorizer yet',
    'log.message.format.version has no effect: Kafka 4 has no such setting',
  ])
})

test('tells what to write instead of a setting of topics', () => {
  assert.deepEqual(messages('retention.ms=5000'), [
    "retention.ms is a setting of topics; the broker's is log.retention.ms: write log.retention.ms=5000",
  ])
})

test('refuses a value in the words of Kafka', () => {
  assert.deepEqual(messages('num.partitions=none'), [
    'Invalid value none for configuration num.partitions: Not a number of type INT',
  ])
})

test('takes broker.id for node.id, and refuses another number', () => {
  const { config, problems, warnings } = parse('broker.id=4')
  assert.equal(config['node.id'], 4)
  assert.deepEqual(problems, [])
  assert.deepEqual(warnings, ['broker.id is now called node.id: write node.id=4 instead'])
  assert.equal(messages('broker.id=4\nnode.id=5').length, 1)
})

test('tells node.id as broker.id too, which tools read in DescribeConfigs', () => {
  const { config, texts, warnings } = parse('node.id=7')
  assert.equal(config['broker.id'], 7)
  assert.equal(texts.get('broker.id'), '7')
  assert.deepEqual(warnings, [])
})

test('says that there is no ZooKeeper', () => {
  const [message = ''] = messages(
    'zookeeper.connect=localhost:2181\nzookeeper.session.timeout.ms=1',
  )
  assert.match(message, /process\.roles=broker,controller/)
})

test('refuses roles and quorums that need more than one node', () => {
  assert.equal(messages('process.roles=broker').length, 1)
  assert.equal(messages('controller.quorum.voters=1@a:9093,2@b:9093').length, 1)
})

test('puts the problems of listeners under their keys', () => {
  assert.deepEqual(parse('listeners=here').problems, [
    { key: 'listeners', message: "listeners 'here' is not of the form NAME://host:port" },
  ])
})
