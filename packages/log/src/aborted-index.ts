/**
 * The aborted transactions of one segment: Kafka's `.txnindex`, 34 bytes an entry. The file exists only where there is
 * one. read_committed fetches name the aborted transactions that overlap what they return.
 */
import type { Files } from '@moldau/io'
import { readInt64, writeInt64 } from './int64.ts'
import type { OpenFiles } from './open-files.ts'

const ENTRY_BYTES = 34
const VERSION = 0

/** A transaction that was aborted by the marker at `lastOffset`. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
  /** First offset that was still undecided after the marker: no later entry names a transaction that began below it. */
  readonly lastStableOffset: number
}

/** The aborted-transaction index of one segment. */
export class AbortedIndex {
  readonly #path: string
  #entries: AbortedTransaction[]
  #firstUnsynced: number | undefined = undefined

  private constructor(path: string, entries: AbortedTransaction[]) {
    this.#path = path
    this.#entries = entries
  }

  static empty(path: string): AbortedIndex {
    return new AbortedIndex(path, [])
  }

  /** The stored index (empty without a file), or undefined when it is broken. */
  static load(files: Files, path: string): AbortedIndex | undefined {
    if (!files.exists(path)) return AbortedIndex.empty(path)
    const bytes = files.readAll(path)
    if (bytes.length % ENTRY_BYTES !== 0) return undefined
    const entries: AbortedTransaction[] = []
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
      if (bytes.readInt16BE(at) !== VERSION) return undefined
      const entry = {
        producerId: readInt64(bytes, at + 2),
        firstOffset: readInt64(bytes, at + 10),
        lastOffset: readInt64(bytes, at + 18),
        lastStableOffset: readInt64(bytes, at + 26),
      }
      if (entry.lastOffset < entry.firstOffset) return undefined
      entries.push(entry)
    }
    return new AbortedIndex(path, entries)
  }

  get entries(): readonly AbortedTransaction[] {
    return this.#entries
  }

  /** Offset of the first marker that was added since the last sync. */
  get firstUnsynced(): number | undefined {
    return this.#firstUnsynced
  }

  /** A sync has covered the file. */
  synced(): void {
    this.#firstUnsynced = undefined
  }

  append(entry: AbortedTransaction, openFiles: OpenFiles): void {
    const bytes = Buffer.alloc(ENTRY_BYTES)
    bytes.writeInt16BE(VERSION, 0)
    writeInt64(bytes, 2, entry.producerId)
    writeInt64(bytes, 10, entry.firstOffset)
    writeInt64(bytes, 18, entry.lastOffset)
    writeInt64(bytes, 26, entry.lastStableOffset)
    openFiles.use(this.#path, 'create').file.write(bytes, this.#entries.length * ENTRY_BYTES)
    this.#entries.push(entry)
    this.#firstUnsynced ??= entry.lastOffset
  }

  /** Drops transactions that ended at or beyond `offset`. */
  truncateTo(offset: number, openFiles: OpenFiles): void {
    const kept = this.#entries.filter(entry => entry.lastOffset < offset)
    if (kept.length === this.#entries.length) return
    this.#entries = kept
    openFiles.use(this.#path, 'create').file.truncate(kept.length * ENTRY_BYTES)
  }
}
