/** A binary heap: the least item first, by a comparison that its maker gives. For timers and merges. */

/** Items of which the least is at hand. */
export class MinHeap<T> {
  readonly #isLess: (a: T, b: T) => boolean
  readonly #items: T[] = []

  constructor(isLess: (a: T, b: T) => boolean) {
    this.#isLess = isLess
  }

  get size(): number {
    return this.#items.length
  }

  /** The least item, left in place. */
  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let index = items.length
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = items[above] as T
      if (!this.#isLess(item, parent)) break
      items[index] = parent
      index = above
    }
    items[index] = item
  }

  /** Takes the least item out. */
  pop(): T | undefined {
    const items = this.#items
    const least = items[0]
    const last = items.pop()
    if (items.length > 0) this.#sink(last as T)
    return least
  }

  /** Puts `item` in from the top: moves smaller children up until it fits. */
  #sink(item: T): void {
    const items = this.#items
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (below >= items.length) break
      if (below + 1 < items.length && this.#isLess(items[below + 1] as T, items[below] as T))
        below++
      if (!this.#isLess(items[below] as T, item)) break
      items[index] = items[below] as T
      index = below
    }
    items[index] = item
  }
}
