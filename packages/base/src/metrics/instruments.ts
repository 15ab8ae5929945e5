/** What code holds to measure: plain fields, cheap enough for every request. */

/** A number that only grows, or that is asked for when somebody looks. */
export class Counter {
  #value = 0
  #read: (() => number) | undefined = undefined

  get value(): number {
    return this.#read === undefined ? this.#value : this.#read()
  }

  add(count = 1): void {
    this.#value += count
  }

  /** Takes the value from `read` from now on. */
  readFrom(read: () => number): void {
    this.#read = read
  }
}

/** A number that goes up and down, or that is asked for when somebody looks. */
export class Gauge {
  #value = 0
  #read: (() => number) | undefined = undefined

  get value(): number {
    return this.#read === undefined ? this.#value : this.#read()
  }

  set(value: number): void {
    this.#value = value
  }

  add(count: number): void {
    this.#value += count
  }

  /** Takes the value from `read` from now on. */
  readFrom(read: () => number): void {
    this.#read = read
  }
}

/** Counts numbers by size. */
export class Histogram {
  readonly bounds: readonly number[]
  /** Numbers up to each bound, and above the last; not cumulated. */
  readonly counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  get sum(): number {
    return this.#sum
  }

  observe(value: number): void {
    const { bounds, counts } = this
    let index = 0
    while (index < bounds.length && value > (bounds[index] ?? 0)) index++
    counts[index] = (counts[index] ?? 0) + 1
    this.#sum += value
  }
}

/** Instruments of one kind by the values of their labels. Keep the one that `with` gives; finding it builds a key. */
export class Labelled<Label extends string, Instrument> {
  readonly #labels: readonly Label[]
  readonly #make: () => Instrument
  readonly #instruments = new Map<
    string,
    { values: Readonly<Record<Label, string>>; instrument: Instrument }
  >()

  constructor(labels: readonly Label[], make: () => Instrument) {
    this.#labels = labels
    this.#make = make
  }

  /** The instrument of these labels. */
  with(values: Readonly<Record<Label, string>>): Instrument {
    const key = this.#keyOf(values)
    const known = this.#instruments.get(key)
    if (known !== undefined) return known.instrument
    const instrument = this.#make()
    this.#instruments.set(key, { values, instrument })
    return instrument
  }

  /** Forgets the instrument of these labels: its topic is gone. */
  drop(values: Readonly<Record<Label, string>>): void {
    this.#instruments.delete(this.#keyOf(values))
  }

  all(): IterableIterator<{ values: Readonly<Record<Label, string>>; instrument: Instrument }> {
    return this.#instruments.values()
  }

  #keyOf(values: Readonly<Record<Label, string>>): string {
    let key = ''
    for (const label of this.#labels) key += `${values[label]}\0`
    return key
  }
}
