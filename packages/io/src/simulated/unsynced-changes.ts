/**
 * What a file held before the changes that no sync has covered, in layers: a sync that begins closes a layer, and the
 * one that returns makes the layers up to there durable. A sync that failed never does: as on Linux, its pages count as
 * clean afterwards, whether they reached the disk or not.
 */
import type { Random } from '@moldau/base'
import type { ChunkedBytes } from './chunked-bytes.ts'

const SECTOR_BYTES = 512

interface Layer {
  /** Length of the file before these changes. */
  readonly length: number
  /** Content before them by number of sector, cut at that length. */
  readonly sectors: Map<number, Buffer>
  isLost: boolean
}

/** A sync under way: the layers that it covers. */
export type SyncMark = readonly Layer[]

/** The changes of one file that a crash may take back. */
export class UnsyncedChanges {
  readonly #content: ChunkedBytes
  /** Oldest first. New changes go into the last one while it is open. */
  #layers: Layer[] = []
  #isLastOpen = false

  constructor(content: ChunkedBytes) {
    this.#content = content
  }

  get isEmpty(): boolean {
    return this.#layers.length === 0
  }

  /** The bytes from `from` to `to` are about to change, or to be cut off. */
  changing(from: number, to: number): void {
    const { length, sectors } = this.#openLayer()
    for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < to; sector++) {
      if (sectors.has(sector)) continue
      const start = sector * SECTOR_BYTES
      const old = Buffer.alloc(Math.max(0, Math.min(SECTOR_BYTES, length - start)))
      this.#content.read(old, start)
      sectors.set(sector, old)
    }
  }

  /** A sync begins: changes from now on are not covered by it. */
  mark(): SyncMark {
    this.#isLastOpen = false
    return [...this.#layers]
  }

  /** The sync has returned. */
  synced(mark: SyncMark): void {
    for (const layer of mark) {
      if (layer.isLost || !this.#layers.includes(layer)) continue
      const index = this.#layers.indexOf(layer)
      // What was lost before and written again since is safe now.
      for (const older of this.#layers.slice(0, index))
        for (const sector of layer.sectors.keys()) older.sectors.delete(sector)
      this.#layers.splice(index, 1)
    }
  }

  /** The sync has failed. */
  lost(mark: SyncMark): void {
    for (const layer of mark) layer.isLost = true
  }

  /** Leaves any part of the changes in the file: each sector old or new, the length one of both or between. */
  tear(random: Random): void {
    for (const layer of this.#layers.reverse()) this.#tearLayer(layer, random)
    this.#layers = []
  }

  #openLayer(): Layer {
    const last = this.#layers[this.#layers.length - 1]
    if (this.#isLastOpen && last !== undefined) return last
    const layer = { length: this.#content.length, sectors: new Map(), isLost: false }
    this.#layers.push(layer)
    this.#isLastOpen = true
    return layer
  }

  #tearLayer({ length: oldLength, sectors, isLost }: Layer, random: Random): void {
    const content = this.#content
    const newLength = content.length
    if (!isLost) content.truncate(lengthBetween(oldLength, newLength, random))
    for (const [sector, old] of sectors) {
      const start = sector * SECTOR_BYTES
      const restored = Buffer.alloc(Math.max(0, Math.min(SECTOR_BYTES, content.length - start)))
      const copied = old.copy(restored)
      if (random.below(2) === 0) content.write(restored, start)
      else {
        // What was cut off is back where the length is, whatever became of the bytes before.
        const cut = Math.max(0, newLength - start)
        if (cut < copied) content.write(restored.subarray(cut, copied), start + cut)
      }
    }
  }
}

function lengthBetween(oldLength: number, newLength: number, random: Random): number {
  const between = Math.min(oldLength, newLength) + random.below(Math.abs(newLength - oldLength) + 1)
  return [oldLength, newLength, between][random.below(3)] ?? oldLength
}
