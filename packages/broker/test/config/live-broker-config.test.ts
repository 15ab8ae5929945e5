import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@moldau/base'
import { changesBetween, emptyImage } from '@moldau/metadata'
import { LiveBrokerConfig } from '../../src/config/live-broker-config.ts'
import { CLUSTER_ID, makeImage, type ClusterPlan } from '../apis/support.ts'

function liveConfig(texts: Record<string, string> = {}) {
  const live = new LiveBrokerConfig({
    nodeId: 1,
    staticProperties: new Map(Object.entries(texts)),
    logger: silentLogger,
  })
  let before = emptyImage(CLUSTER_ID)
  const publish = (configs: NonNullable<ClusterPlan['configs']>) => {
    const after = makeImage({ configs })
    live.publish(after, changesBetween(before, after))
    before = after
    return after
  }
  return { live, publish }
}

test('takes this broker before all brokers, and those before the file', () => {
  const { live, publish } = liveConfig({ 'message.max.bytes': '100' })
  assert.equal(live.values['message.max.bytes'], 100)
  publish([['broker', '', { 'message.max.bytes': '200' }]])
  assert.equal(live.values['message.max.bytes'], 200)
  publish([
    ['broker', '', { 'message.max.bytes': '200' }],
    ['broker', '1', { 'message.max.bytes': '300' }],
    ['broker', '2', { 'message.max.bytes': '400' }],
  ])
  assert.equal(live.values['message.max.bytes'], 300)
  publish([])
  assert.equal(live.values['message.max.bytes'], 100)
})

test('leaves settings that need a restart and values that cannot be read alone', () => {
  const { live, publish } = liveConfig({ 'node.id': '1' })
  publish([['broker', '1', { 'node.id': '7', 'message.max.bytes': 'many' }]])
  assert.equal(live.values['node.id'], 1)
  assert.equal(live.values['message.max.bytes'], 1_048_588)
})

test('tells watchers of the keys that changed', () => {
  const { live, publish } = liveConfig()
  const seen: number[] = []
  live.watch('message.max.bytes', values => seen.push(values['message.max.bytes']))
  publish([['broker', '1', { 'message.max.bytes': '5' }]])
  publish([['broker', '1', { 'message.max.bytes': '5', 'num.io.threads': '9' }]])
  publish([['topic', 't', { 'retention.ms': '5' }]])
  assert.deepEqual(seen, [5, 1_048_588])
})

test('gives a topic its own settings over those of the broker', () => {
  const { live, publish } = liveConfig({ 'log.retention.minutes': '2' })
  const image = publish([
    ['topic', 't', { 'segment.bytes': '2000000' }],
    ['broker', '', { 'min.insync.replicas': '2' }],
  ])
  const config = live.topicConfig(image, 't')
  assert.equal(config['retention.ms'], 120_000)
  assert.equal(config['segment.bytes'], 2_000_000)
  assert.equal(config['min.insync.replicas'], 2)
})
