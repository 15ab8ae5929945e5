import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metricsText } from '../src/metrics-text.ts'
import { BrokerMetrics } from '../src/metrics.ts'
import { ConnectionCounts } from '../src/network/listener.ts'

test('tells what was counted as Prometheus text', async () => {
  const metrics = new BrokerMetrics()
  const counts = new ConnectionCounts()
  metrics.watch(counts)
  metrics.requested(0, 100)
  metrics.requested(0, 50)
  metrics.produced(80)
  metrics.fetched(70)
  metrics.watchFetches({ bytes: 40 })
  counts.open = 3
  const { text, contentType } = await metricsText(metrics.registry)
  assert.match(contentType, /^text\/plain/)
  for (const line of [
    'moldau_requests_total{api="Produce"} 2',
    'moldau_request_size_bytes_total{api="Produce"} 150',
    'moldau_produced_bytes_total 80',
    'moldau_produced_batches_total 1',
    'moldau_fetched_bytes_total 70',
    'moldau_unsent_fetch_bytes 40',
    'moldau_connections 3',
  ])
    assert.ok(text.includes(`${line}\n`), `${line} is missing in\n${text}`)
})
