/**
 * A map that never changes: an edited copy shares all buckets that were not touched, so changing one of 100,000
 * entries copies some 400. Two versions are compared by their buckets, which is how images find what changed.
 */

const BUCKET_COUNT = 256

type Bucket<V> = ReadonlyMap<string, V>

const emptyBuckets: readonly Bucket<never>[] = Array.from(
  { length: BUCKET_COUNT },
  () => new Map<string, never>(),
)

/** An entry that differs between two maps. `undefined` stands for absent. */
export interface Difference<V> {
  readonly key: string
  readonly before: V | undefined
  readonly after: V | undefined
}

export class CopyOnWriteMap<V> {
  readonly #buckets: readonly Bucket<V>[]
  readonly size: number

  constructor(buckets: readonly Bucket<V>[] = emptyBuckets, size = 0) {
    this.#buckets = buckets
    this.size = size
  }

  get(key: string): V | undefined {
    return bucketOf(this.#buckets, key).get(key)
  }

  *entries(): Generator<[string, V]> {
    for (const bucket of this.#buckets) yield* bucket
  }

  *values(): Generator<V> {
    for (const bucket of this.#buckets) yield* bucket.values()
  }

  /** A copy to be changed. This map stays as it is. */
  edit(): MapEditor<V> {
    return new MapEditor(this, this.#buckets)
  }

  /** Entries that are not identical (`===`) in `before` and here. */
  *differencesTo(before: CopyOnWriteMap<V>): Generator<Difference<V>> {
    for (let i = 0; i < BUCKET_COUNT; i++) {
      const oldBucket = before.#buckets[i] as Bucket<V>
      const newBucket = this.#buckets[i] as Bucket<V>
      if (oldBucket === newBucket) continue
      for (const [key, value] of oldBucket) {
        const after = newBucket.get(key)
        if (after !== value) yield { key, before: value, after }
      }
      for (const [key, value] of newBucket) {
        if (!oldBucket.has(key)) yield { key, before: undefined, after: value }
      }
    }
  }
}

/** Changes on the way from one map to the next. */
export class MapEditor<V> {
  readonly #base: CopyOnWriteMap<V>
  readonly #buckets: Bucket<V>[]
  readonly #owned = new Map<number, Map<string, V>>()
  #size: number

  constructor(base: CopyOnWriteMap<V>, buckets: readonly Bucket<V>[]) {
    this.#base = base
    this.#buckets = [...buckets]
    this.#size = base.size
  }

  get(key: string): V | undefined {
    return bucketOf(this.#buckets, key).get(key)
  }

  set(key: string, value: V): void {
    const bucket = this.#own(key)
    if (!bucket.has(key)) this.#size++
    bucket.set(key, value)
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return
    this.#own(key).delete(key)
    this.#size--
  }

  *entries(): Generator<[string, V]> {
    for (const bucket of this.#buckets) yield* bucket
  }

  /** The map with all changes; the very same map when there were none. The editor must not be used any more. */
  finish(): CopyOnWriteMap<V> {
    return this.#owned.size === 0 ? this.#base : new CopyOnWriteMap(this.#buckets, this.#size)
  }

  #own(key: string): Map<string, V> {
    const index = hash(key)
    let bucket = this.#owned.get(index)
    if (bucket === undefined) {
      bucket = new Map(this.#buckets[index] as Bucket<V>)
      this.#owned.set(index, bucket)
      this.#buckets[index] = bucket
    }
    return bucket
  }
}

function bucketOf<V>(buckets: readonly Bucket<V>[], key: string): Bucket<V> {
  return buckets[hash(key)] as Bucket<V>
}

function hash(key: string): number {
  let value = 0
  for (let i = 0; i < key.length; i++) value = (Math.imul(value, 31) + key.charCodeAt(i)) | 0
  return (value ^ (value >>> 8) ^ (value >>> 16)) & (BUCKET_COUNT - 1)
}
