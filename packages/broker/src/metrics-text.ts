/**
 * The measures of a broker as Prometheus text. prom-client is loaded and filled only when somebody asks: the hot path
 * knows numbers, not metrics.
 */
import type { MetricRegistry } from '@moldau/base'

/** The text, and its content type. */
export async function metricsText(
  metrics: MetricRegistry,
): Promise<{ text: string; contentType: string }> {
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  for (const { name, kind, help, samples } of metrics.families()) {
    const labelNames = Object.keys(samples[0]?.labels ?? {})
    const options = { name, help, labelNames, registers }
    if (kind === 'counter') {
      const metric = new Counter(options)
      for (const { labels, value } of samples) metric.inc(labels, value)
    } else {
      const metric = new Gauge(options)
      for (const { labels, value } of samples) metric.set(labels, value)
    }
  }
  return { text: await registry.metrics(), contentType: registry.contentType }
}
