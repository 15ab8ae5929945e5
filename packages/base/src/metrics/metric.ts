/**
 * Kinds of metric. A package declares what it measures as rows (`bytesIn: counter({ help, unit: 'bytes', labels: ['topic'] })`);
 * from a row come the typed instrument, the Prometheus family and the reference page.
 */

/** What every row may say. */
interface RowText<Label extends string> {
  readonly help: string
  /** Prometheus' base unit: `bytes`, `seconds`. Becomes part of the name. */
  readonly unit?: string
  /** Names of the labels. Their values must be few: topics, APIs, errors; never clients or offsets. */
  readonly labels?: readonly Label[]
  /** What Kafka's MBean of the same meaning is called. */
  readonly mbean?: string
}

export type MetricKind = 'counter' | 'gauge' | 'histogram'

/** A metric that is declared. */
export interface MetricRow<Kind extends MetricKind = MetricKind, Label extends string = string> {
  readonly kind: Kind
  readonly help: string
  readonly unit: string | undefined
  readonly labels: readonly Label[]
  readonly mbean: string | undefined
  /** Upper bounds of a histogram's buckets, ascending; the last one, infinity, is implied. */
  readonly bounds: readonly number[]
}

/** Seconds from 0.1 ms to 10 s, three a decade: what a request takes. */
const durationBounds = [
  1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/** A number that only grows. */
export function counter<const Label extends string = never>(
  text: RowText<Label>,
): MetricRow<'counter', Label> {
  return row('counter', text)
}

/** A number that goes up and down. */
export function gauge<const Label extends string = never>(
  text: RowText<Label>,
): MetricRow<'gauge', Label> {
  return row('gauge', text)
}

/** How often which size of number occurs. Without `bounds` the numbers are durations in seconds. */
export function histogram<const Label extends string = never>(
  text: RowText<Label> & { readonly bounds?: readonly number[] },
): MetricRow<'histogram', Label> {
  return row('histogram', text, text.bounds ?? durationBounds)
}

function row<Kind extends MetricKind, Label extends string>(
  kind: Kind,
  text: RowText<Label>,
  bounds: readonly number[] = [],
): MetricRow<Kind, Label> {
  const { help, unit, labels, mbean } = text
  return { kind, help, unit, labels: labels ?? [], mbean, bounds }
}
