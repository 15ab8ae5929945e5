/**
 * What this broker measures: a row per metric, and the instruments that the hot path counts with. They become Prometheus
 * text only when somebody asks, by prom-client (`metrics-text.ts`).
 */
import { counter, gauge, MetricRegistry } from '@moldau/base'
import { apiByKey } from '@moldau/protocol'
import type { ConnectionCounts } from './network/listener.ts'

/** Names begin with `moldau_`; counters end in `_total`. */
const rows = {
  requests: counter({
    help: 'Requests, by API.',
    labels: ['api'],
    mbean: 'kafka.network:type=RequestMetrics,name=RequestsPerSec',
  }),
  requestSize: counter({ help: 'Bytes of requests, by API.', unit: 'bytes', labels: ['api'] }),
  produced: counter({
    help: 'Bytes of record batches that clients sent.',
    unit: 'bytes',
    mbean: 'kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec',
  }),
  producedBatches: counter({ help: 'Record batches that clients sent.' }),
  fetched: counter({
    help: 'Bytes of records in answers to fetches.',
    unit: 'bytes',
    mbean: 'kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec',
  }),
  unsentFetch: gauge({
    help: 'Bytes of records that wait for clients to take them.',
    unit: 'bytes',
  }),
  networkReceived: counter({ help: 'Bytes read from clients.', unit: 'bytes' }),
  networkSent: counter({ help: 'Bytes written to clients.', unit: 'bytes' }),
  connections: gauge({ help: 'Open connections.' }),
  connectionsAccepted: counter({ help: 'Connections that were accepted.' }),
  connectionsRefused: counter({ help: 'Connections beyond a limit.' }),
}

/** All measures of a broker. */
export class BrokerMetrics {
  readonly registry = new MetricRegistry()
  readonly #instruments = this.registry.register('moldau', rows)
  /** The instruments of an API by its key: finding them by name would cost the hot path. */
  readonly #byApi: { count: { add(by?: number): void }; size: { add(by: number): void } }[] = []

  requested(apiKey: number, byteCount: number): void {
    const api = (this.#byApi[apiKey] ??= this.#instrumentsOf(apiKey))
    api.count.add()
    api.size.add(byteCount)
  }

  produced(recordBytes: number): void {
    this.#instruments.producedBatches.add()
    this.#instruments.produced.add(recordBytes)
  }

  fetched(recordBytes: number): void {
    this.#instruments.fetched.add(recordBytes)
  }

  /** What fetches hold in memory is counted by their budget; it is asked when somebody looks. */
  watchFetches(budget: { readonly bytes: number }): void {
    this.#instruments.unsentFetch.readFrom(() => budget.bytes)
  }

  /** The connections are counted by the listeners; they are asked when somebody looks. */
  watch(counts: ConnectionCounts): void {
    this.#instruments.networkReceived.readFrom(() => counts.bytesIn)
    this.#instruments.networkSent.readFrom(() => counts.bytesOut)
    this.#instruments.connections.readFrom(() => counts.open)
    this.#instruments.connectionsAccepted.readFrom(() => counts.accepted)
    this.#instruments.connectionsRefused.readFrom(() => counts.refused)
  }

  #instrumentsOf(apiKey: number) {
    const api = apiByKey(apiKey)?.name ?? 'unknown'
    return {
      count: this.#instruments.requests.with({ api }),
      size: this.#instruments.requestSize.with({ api }),
    }
  }
}
