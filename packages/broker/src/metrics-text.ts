/**
 * The counts of a broker as Prometheus text. prom-client is loaded and filled only when somebody asks: the hot path
 * knows numbers, not metrics.
 */
import { Apis } from '@moldau/protocol'
import type { BrokerMetrics } from './metrics.ts'
import type { ConnectionCounts } from './network/listener.ts'

/** What is told. */
export interface MetricsSource {
  readonly metrics: BrokerMetrics
  readonly connections: ConnectionCounts
}

/** The text, and its content type. */
export async function metricsText({
  metrics,
  connections,
}: MetricsSource): Promise<{ text: string; contentType: string }> {
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  const counter = (name: string, help: string, value: number) =>
    new Counter({ name, help, registers }).inc(value)
  const gauge = (name: string, help: string, value: number) =>
    new Gauge({ name, help, registers }).set(value)
  const requests = new Counter({
    name: 'moldau_requests_total',
    help: 'Requests, by API.',
    labelNames: ['api'],
    registers,
  })
  for (const { key, name } of Object.values(Apis)) {
    const count = metrics.requests.counts[key] ?? 0
    if (count > 0) requests.inc({ api: name }, count)
  }
  counter(
    'moldau_produced_bytes_total',
    'Bytes of record batches that clients sent.',
    metrics.producedBytes,
  )
  counter(
    'moldau_produced_batches_total',
    'Record batches that clients sent.',
    metrics.producedBatches,
  )
  counter(
    'moldau_fetched_bytes_total',
    'Bytes of records in answers to fetches.',
    metrics.fetchedBytes,
  )
  gauge(
    'moldau_unsent_fetch_bytes',
    'Bytes of records that wait for clients to take them.',
    metrics.unsentFetchBytes,
  )
  counter('moldau_network_received_bytes_total', 'Bytes read from clients.', connections.bytesIn)
  counter('moldau_network_sent_bytes_total', 'Bytes written to clients.', connections.bytesOut)
  counter(
    'moldau_connections_accepted_total',
    'Connections that were accepted.',
    connections.accepted,
  )
  counter('moldau_connections_refused_total', 'Connections beyond a limit.', connections.refused)
  gauge('moldau_connections', 'Open connections.', connections.open)
  return { text: await registry.metrics(), contentType: registry.contentType }
}
