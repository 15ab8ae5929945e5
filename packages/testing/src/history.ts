/**
 * What was written, with what outcome, against what is read at the end. A value is acknowledged (it must be there once,
 * at its offset), unknown (the connection ended before the answer: at most once) or unheard of (it must not be there).
 */

/** What a partition holds at the end: values with their offsets, in the order they were read. */
export type PartitionContent = readonly { readonly offset: number; readonly value: string }[]

/** What is wrong, and how much there was. */
export interface Verdict {
  /** Acknowledged values. */
  readonly acknowledged: number
  /** Acknowledged values that are not there. */
  readonly lost: readonly string[]
  /** Values that are there more than once. */
  readonly doubled: readonly string[]
  /** Values whose outcome nobody knows, there or not. */
  readonly unknown: number
  /** Offsets that are missing between the first and the last, values at another offset than acknowledged, and strangers. */
  readonly problems: readonly string[]
}

/** The writes of one run. A value names itself: no two writes have the same. */
export class History {
  /** By partition name: value -> offset. */
  readonly #acknowledged = new Map<string, Map<string, number>>()
  readonly #unknown = new Map<string, Set<string>>()

  /** The values were acknowledged, the first at `baseOffset`. */
  acknowledged(partition: string, values: readonly string[], baseOffset: number): void {
    const known = upsert(this.#acknowledged, partition, () => new Map<string, number>())
    values.forEach((value, i) => known.set(value, baseOffset + i))
  }

  /** Nobody will ever know whether the values were written. */
  unknown(partition: string, values: readonly string[]): void {
    const known = upsert(this.#unknown, partition, () => new Set<string>())
    for (const value of values) known.add(value)
  }

  /** Compares with what every partition holds. */
  judge(contents: ReadonlyMap<string, PartitionContent>): Verdict {
    const verdict = {
      acknowledged: 0,
      unknown: 0,
      lost: [] as string[],
      doubled: [] as string[],
      problems: [] as string[],
    }
    for (const partition of new Set([
      ...this.#acknowledged.keys(),
      ...this.#unknown.keys(),
      ...contents.keys(),
    ])) {
      const acknowledged = this.#acknowledged.get(partition) ?? new Map<string, number>()
      const unknown = this.#unknown.get(partition) ?? new Set<string>()
      verdict.acknowledged += acknowledged.size
      verdict.unknown += unknown.size
      const found = new Map<string, number>()
      let expected = 0
      for (const { offset, value } of contents.get(partition) ?? []) {
        if (offset !== expected)
          verdict.problems.push(`${partition}: offset ${offset} comes where ${expected} should be`)
        expected = offset + 1
        if (found.has(value))
          verdict.doubled.push(`${partition}: ${value} at ${found.get(value)} and ${offset}`)
        else found.set(value, offset)
        if (!acknowledged.has(value) && !unknown.has(value))
          verdict.problems.push(`${partition}: nobody wrote ${value}`)
      }
      for (const [value, offset] of acknowledged) {
        const at = found.get(value)
        if (at === undefined) verdict.lost.push(`${partition}: ${value}, acknowledged at ${offset}`)
        else if (at !== offset)
          verdict.problems.push(`${partition}: ${value} is at ${at}, acknowledged at ${offset}`)
      }
    }
    return verdict
  }
}

function upsert<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
