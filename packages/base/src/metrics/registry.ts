/**
 * All metrics of a process. Packages register their rows and get instruments; whoever exposes them (the broker, by
 * prom-client) asks for families of samples.
 */
import { Counter, Gauge, Histogram, Labelled } from './instruments.ts'
import type { MetricKind, MetricRow } from './metric.ts'

interface InstrumentOf {
  counter: Counter
  gauge: Gauge
  histogram: Histogram
}

/** The instruments of rows: one where the row has no labels, else one for each set of their values. */
export type InstrumentsOf<Rows> = {
  readonly [Key in keyof Rows]: Rows[Key] extends MetricRow<infer Kind, infer Label>
    ? [Label] extends [never]
      ? InstrumentOf[Kind]
      : Labelled<Label, InstrumentOf[Kind]>
    : never
}

/** One number with its labels. `suffix` is `_bucket`, `_sum` or `_count` in a histogram. */
interface MetricSample {
  readonly suffix: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric with all its numbers, as Prometheus groups them. */
export interface MetricFamily {
  readonly name: string
  readonly kind: MetricKind
  readonly help: string
  readonly samples: readonly MetricSample[]
}

type AnyLabelled = Labelled<string, Counter | Gauge | Histogram>

/** The metrics of a process. @public */
export class MetricRegistry {
  readonly #families = new Map<string, { row: MetricRow; instruments: AnyLabelled }>()

  /** Instruments for `rows`, under names such as `<prefix>_bytes_in_bytes_total`. @throws where a name is taken */
  register<const Rows extends Readonly<Record<string, MetricRow>>>(
    prefix: string,
    rows: Rows,
  ): InstrumentsOf<Rows> {
    const instruments: Record<string, unknown> = {}
    for (const [key, row] of Object.entries(rows)) {
      const name = familyName(prefix, key, row)
      if (this.#families.has(name)) throw new Error(`Two metrics are called ${name}`)
      const labelled: AnyLabelled = new Labelled(row.labels, () => newInstrument(row))
      this.#families.set(name, { row, instruments: labelled })
      instruments[key] = row.labels.length === 0 ? labelled.with({}) : labelled
    }
    // By construction of each entry from its row.
    return instruments as InstrumentsOf<Rows>
  }

  /** All metrics now, in the order of registration. */
  families(): MetricFamily[] {
    return Array.from(this.#families, ([name, { row, instruments }]) => ({
      name,
      kind: row.kind,
      help: row.help,
      samples: [...instruments.all()].flatMap(({ values, instrument }) =>
        samplesOf(instrument, values),
      ),
    }))
  }
}

function familyName(prefix: string, key: string, { kind, unit }: MetricRow): string {
  const snake = key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
  const withUnit = unit === undefined || snake.endsWith(unit) ? snake : `${snake}_${unit}`
  return `${prefix}_${withUnit}${kind === 'counter' ? '_total' : ''}`
}

function newInstrument({ kind, bounds }: MetricRow): Counter | Gauge | Histogram {
  switch (kind) {
    case 'counter':
      return new Counter()
    case 'gauge':
      return new Gauge()
    case 'histogram':
      return new Histogram(bounds)
  }
}

function samplesOf(
  instrument: Counter | Gauge | Histogram,
  labels: Readonly<Record<string, string>>,
): MetricSample[] {
  if (!(instrument instanceof Histogram)) return [{ suffix: '', labels, value: instrument.value }]
  const samples: MetricSample[] = []
  let count = 0
  for (const [i, piece] of instrument.counts.entries()) {
    count += piece
    const bound = instrument.bounds[i]
    const le = bound === undefined ? '+Inf' : String(bound)
    samples.push({ suffix: '_bucket', labels: { ...labels, le }, value: count })
  }
  samples.push({ suffix: '_sum', labels, value: instrument.sum })
  samples.push({ suffix: '_count', labels, value: count })
  return samples
}
