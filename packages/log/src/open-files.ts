/**
 * The open files of all partitions, bounded: the least recently used one is closed when the limit is passed. A file
 * with asynchronous calls in flight is pinned and closed when they are done. Shared by all partitions of a broker.
 */
import type { Files, OpenFile } from '@moldau/io'

/** An open file that the pool may close once it is not pinned. */
export interface PooledFile {
  readonly path: string
  readonly file: OpenFile
  readonly isWritable: boolean
  pins: number
  /** No longer in the pool: closes with the last pin. */
  isDropped: boolean
}

/** The pool. */
export class OpenFiles {
  readonly #files: Files
  readonly #limit: number
  readonly #byPath = new Map<string, PooledFile>()

  constructor(files: Files, limit: number) {
    this.#files = files
    this.#limit = limit
  }

  /** Files held open now. */
  get count(): number {
    return this.#byPath.size
  }

  /** The open file, for use until the caller returns; an asynchronous use pins it. `create` makes it when missing. */
  use(path: string, mode: 'read' | 'create'): PooledFile {
    const found = this.#byPath.get(path)
    if (found !== undefined && (mode === 'read' || found.isWritable)) {
      this.#byPath.delete(path)
      this.#byPath.set(path, found)
      return found
    }
    if (found !== undefined) this.drop(path)
    const pooled: PooledFile = {
      path,
      file: this.#files.open(path, mode),
      isWritable: mode === 'create',
      pins: 0,
      isDropped: false,
    }
    this.#byPath.set(path, pooled)
    if (this.#byPath.size > this.#limit) this.#evict(pooled)
    return pooled
  }

  pin(pooled: PooledFile): void {
    pooled.pins++
  }

  unpin(pooled: PooledFile): void {
    pooled.pins--
    if (pooled.isDropped && pooled.pins === 0) pooled.file.close()
  }

  /** Forgets a file, before it is renamed or removed. */
  drop(path: string): void {
    const pooled = this.#byPath.get(path)
    if (pooled === undefined) return
    this.#byPath.delete(path)
    pooled.isDropped = true
    if (pooled.pins === 0) pooled.file.close()
  }

  /** Forgets all files below a folder. */
  dropFolder(folder: string): void {
    const prefix = `${folder}/`
    for (const path of this.#byPath.keys()) if (path.startsWith(prefix)) this.drop(path)
  }

  close(): void {
    for (const path of this.#byPath.keys()) this.drop(path)
  }

  #evict(except: PooledFile): void {
    for (const pooled of this.#byPath.values()) {
      if (pooled.pins > 0 || pooled === except) continue
      this.drop(pooled.path)
      return
    }
  }
}
