import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planListeners, type ListenerSettings } from '../../src/config/listeners.ts'

const defaults: ListenerSettings = {
  listeners: ['PLAINTEXT://localhost:9092'],
  advertisedListeners: undefined,
  protocolMap: 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
  isProtocolMapSet: false,
  controllerListenerNames: ['CONTROLLER'],
  interBrokerListenerName: undefined,
  interBrokerProtocol: 'PLAINTEXT',
}

const plan = (changes: Partial<ListenerSettings>) => planListeners({ ...defaults, ...changes })

const messages = (changes: Partial<ListenerSettings>) =>
  plan(changes).problems.map(({ key, message }) => `${key} ${message}`)

test('reads names, hosts and ports, and tells controllers apart', () => {
  const { listeners, problems, interBrokerListenerName } = plan({
    listeners: ['plaintext://:9092', 'CONTROLLER://[::1]:9093'],
    advertisedListeners: ['PLAINTEXT://kafka.example.com:19092'],
  })
  assert.deepEqual(problems, [])
  assert.equal(interBrokerListenerName, 'PLAINTEXT')
  assert.deepEqual(listeners, [
    {
      name: 'PLAINTEXT',
      host: '',
      port: 9092,
      securityProtocol: 'PLAINTEXT',
      isController: false,
      advertised: { name: 'PLAINTEXT', host: 'kafka.example.com', port: 19092 },
    },
    {
      name: 'CONTROLLER',
      host: '::1',
      port: 9093,
      securityProtocol: 'PLAINTEXT',
      isController: true,
      advertised: undefined,
    },
  ])
})

test('takes the protocol of a listener from the map', () => {
  const { listeners, problems } = plan({
    listeners: ['INSIDE://:9092', 'OUTSIDE://:9094'],
    protocolMap: 'INSIDE:PLAINTEXT, OUTSIDE:sasl_ssl',
    isProtocolMapSet: true,
  })
  assert.deepEqual(problems, [])
  assert.deepEqual(
    listeners.map(listener => listener.securityProtocol),
    ['PLAINTEXT', 'SASL_SSL'],
  )
})

test('complains of a listener without a protocol', () => {
  assert.deepEqual(messages({ listeners: ['INSIDE://:9092'] }), [
    'listener.security.protocol.map names no security protocol for listener INSIDE',
  ])
})

test('complains of what is not an address, of a name given twice and of a port given twice', () => {
  assert.deepEqual(messages({ listeners: ['localhost:9092'] }), [
    "listeners 'localhost:9092' is not of the form NAME://host:port",
  ])
  assert.deepEqual(messages({ listeners: ['SSL://:1', 'ssl://:2'] }), [
    'listeners names listener SSL twice',
  ])
  assert.deepEqual(messages({ listeners: ['SSL://:1', 'PLAINTEXT://:1'] }), [
    'listeners gives port 1 to both SSL and PLAINTEXT',
  ])
  assert.deepEqual(messages({ listeners: ['SSL://a:0', 'PLAINTEXT://a:0'] }), [])
})

test('does not tell clients to use an address that leads nowhere', () => {
  assert.equal(messages({ listeners: ['PLAINTEXT://0.0.0.0:9092'] }).length, 1)
  assert.equal(
    messages({
      listeners: ['PLAINTEXT://0.0.0.0:9092'],
      advertisedListeners: ['PLAINTEXT://localhost:9092'],
    }).length,
    0,
  )
  assert.equal(messages({ advertisedListeners: ['PLAINTEXT://0.0.0.0:9092'] }).length, 1)
})

test('complains of an advertised or inter-broker listener that is not there', () => {
  assert.deepEqual(messages({ advertisedListeners: ['SSL://a:1'] }), [
    'advertised.listeners has SSL, which is not among listeners',
  ])
  assert.deepEqual(messages({ interBrokerListenerName: 'INSIDE' }), [
    'inter.broker.listener.name names INSIDE, which is not among listeners',
  ])
})
