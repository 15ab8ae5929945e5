/**
 * What this broker counts: plain numbers on the hot path. They become Prometheus text only when somebody asks, by
 * prom-client (`metrics-text.ts`).
 */

/** Requests by API key. */
class RequestCounts {
  readonly counts: number[] = []
  readonly bytes: number[] = []

  count(apiKey: number, byteCount: number): void {
    this.counts[apiKey] = (this.counts[apiKey] ?? 0) + 1
    this.bytes[apiKey] = (this.bytes[apiKey] ?? 0) + byteCount
  }
}

/** All counts of a broker. */
export class BrokerMetrics {
  readonly requests = new RequestCounts()
  producedBytes = 0
  producedBatches = 0
  fetchedBytes = 0
  /** Records that were read for a fetch and did not leave yet. */
  unsentFetchBytes = 0

  produced(recordBytes: number): void {
    this.producedBatches++
    this.producedBytes += recordBytes
  }

  fetched(recordBytes: number): void {
    this.fetchedBytes += recordBytes
    this.unsentFetchBytes += recordBytes
  }

  fetchSent(recordBytes: number): void {
    this.unsentFetchBytes -= recordBytes
  }
}
