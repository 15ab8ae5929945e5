/**
 * The durability of one partition: which offsets an fdatasync has covered, which older segments still wait for theirs.
 * A round syncs rolled segments first (data, then indexes and the producer snapshot), then the active one. Names are
 * made durable before the first data below them counts. A failed sync fails the directory and is never repeated.
 */
import type { FileDone } from '@moldau/io'
import { replaceAsync, syncPartitionMetadataAsync } from './checkpoints.ts'
import type { LogHome } from './log-environment.ts'
import type { PooledFile } from './open-files.ts'
import type { Segment } from './segment.ts'
import type { Syncable } from './sync-scheduler.ts'

/** The log, as its durability sees it. */
export interface SyncedLog {
  readonly folder: string
  readonly writtenOffset: number
  readonly activeSegment: Segment | undefined
  durableMoved(): void
}

/** Durability of one partition. */
export class LogSync implements Syncable {
  readonly #log: SyncedLog
  readonly #home: LogHome
  #durableOffset: number
  /** Rolled, and not wholly durable. Oldest first. */
  #rolled: Segment[] = []
  /** A file was made since the folder was last synced. */
  #hasNewNames = false
  #isFolderDurable: boolean
  /** What was asked for; a round that ends below it is followed by another. */
  #wanted = 0
  /** No round that runs may count offsets from here on: they were cut. */
  #clip = Infinity
  /** Asked for since the last round began; infinite where the loop must not wait for it. */
  #newBytes = 0
  #isAmidAppend = false
  /** The round under way may be done in the loop. */
  #mayBlock = false
  #isStopped = false

  constructor(log: SyncedLog, home: LogHome, options: { durableOffset: number; isNew: boolean }) {
    this.#log = log
    this.#home = home
    this.#durableOffset = options.durableOffset
    this.#isFolderDurable = !options.isNew
  }

  get durableOffset(): number {
    return this.#durableOffset
  }

  /** All below is durable, indexes included. */
  get recoveryPoint(): number {
    return Math.min(this.#durableOffset, this.#rolled[0]?.baseOffset ?? Infinity)
  }

  get isBusy(): boolean {
    return this.#home.syncs.isBusy(this)
  }

  /** The log was opened: what is in its files is durable up to here. */
  opened(logEndOffset: number): void {
    this.#durableOffset = logEndOffset
  }

  /** A file was made in the folder, or put in the place of another. */
  fileMade(): void {
    this.#hasNewNames = true
  }

  rolled(segment: Segment): void {
    this.#rolled.push(segment)
  }

  /** The segment is gone. */
  removed(segment: Segment): void {
    const index = this.#rolled.indexOf(segment)
    if (index >= 0) this.#rolled.splice(index, 1)
  }

  /** Syncs nothing more: the files are given up. */
  stop(): void {
    this.#isStopped = true
  }

  /**
   * Asks that everything below `offset` becomes durable. At the end of a tick `newBytes` is what was appended since the
   * last request: few of them may be synced before this returns, where that is quick.
   */
  request(offset: number, newBytes = Infinity): void {
    if (offset > this.#wanted) this.#wanted = offset
    const isBehind = this.#durableOffset < this.#log.writtenOffset || this.#rolled.length > 0
    if (!isBehind || this.#isStopped) return
    this.#newBytes += newBytes
    this.#home.syncs.request(this)
  }

  /** Asks again, if what was asked for is written by now. */
  written(): void {
    if (this.#wanted <= this.#durableOffset) return
    // Perhaps amid an append: nobody may be told of anything before that returns.
    this.#isAmidAppend = true
    this.request(this.#wanted, 0)
    this.#isAmidAppend = false
  }

  truncated(offset: number): void {
    this.#durableOffset = Math.min(this.#durableOffset, offset)
    this.#clip = offset
    this.#wanted = Math.min(this.#wanted, offset)
  }

  startSync(done: () => void): void {
    if (this.#isStopped) {
      done()
      return
    }
    this.#clip = Infinity
    const { syncs } = this.#home
    this.#mayBlock = !this.#isAmidAppend && syncs.isAlone && syncs.quick.mayBlock(this.#newBytes)
    this.#newBytes = 0
    this.#syncNext(done)
  }

  #syncNext(done: () => void): void {
    this.#syncNames(done, () => this.#syncData(done))
  }

  #syncData(done: () => void): void {
    const written = this.#log.writtenOffset
    const rolled = this.#rolled[0]
    if (rolled !== undefined) {
      const end = this.#rolled[1]?.baseOffset ?? this.#log.activeSegment!.baseOffset
      const target = Math.min(written, end)
      if (target <= this.#durableOffset && written >= end) this.#syncIndexes(rolled, done)
      else if (target <= this.#durableOffset) done()
      else
        this.#syncFile(rolled.logPath, done, () => {
          this.#advance(target)
          if (written >= end) this.#syncIndexes(rolled, done)
          else this.#ended(done)
        })
      return
    }
    const active = this.#log.activeSegment
    if (active === undefined || written <= this.#durableOffset) {
      done()
      return
    }
    const synced = (): void => {
      this.#advance(written)
      this.#ended(done)
    }
    if (this.#mayBlock) this.#syncNow(active.logPath, done, synced)
    else this.#syncFile(active.logPath, done, synced)
  }

  #syncNow(path: string, done: () => void, then: () => void): void {
    const { quick } = this.#home.syncs
    const start = quick.start()
    try {
      this.#home.shared.openFiles.use(path, 'create').file.datasync()
    } catch (error) {
      this.#failed(error as Error, done)
      return
    }
    quick.tookLoop(start)
    then()
  }

  /** Puts what was written for it in the place of a file; the next sync of the folder makes it durable. */
  replace(path: string): Promise<void> {
    return new Promise(resolve => {
      if (this.#isStopped) {
        resolve()
        return
      }
      try {
        replaceAsync(this.#home.shared.files, path, error => {
          if (error !== null) this.#failed(error, resolve)
          else {
            this.#hasNewNames = true
            resolve()
          }
        })
      } catch (error) {
        this.#failed(error as Error, resolve)
      }
    })
  }

  /**
   * The log closes: the files beside its last segment, where they have changed, and all names become durable, so that a
   * clean stop may vouch for them.
   */
  finish(changed: Segment | undefined, endOffset: number): Promise<void> {
    return new Promise(resolve => {
      this.#syncPaths(changed?.sidePaths(endOffset) ?? [], resolve, () =>
        this.#syncNames(resolve, () => {
          changed?.abortsSynced()
          resolve()
        }),
      )
    })
  }

  /** The files beside the log of a rolled segment. */
  #syncIndexes(segment: Segment, done: () => void): void {
    const end = this.#rolled[1]?.baseOffset ?? this.#log.activeSegment?.baseOffset
    this.#syncPaths(segment.sidePaths(end), done, () => {
      segment.abortsSynced()
      this.removed(segment)
      this.#syncNext(done)
    })
  }

  /** One after the other. */
  #syncPaths(paths: string[], done: () => void, then: () => void): void {
    const path = paths.pop()
    if (path === undefined) then()
    else this.#syncFile(path, done, () => this.#syncPaths(paths, done, then))
  }

  #syncFile(path: string, done: () => void, then: () => void): void {
    if (this.#isStopped) {
      done()
      return
    }
    const { openFiles } = this.#home.shared
    let pooled: PooledFile
    try {
      pooled = openFiles.use(path, 'create')
    } catch (error) {
      this.#failed(error as Error, done)
      return
    }
    openFiles.pin(pooled)
    const { quick } = this.#home.syncs
    const start = quick.start()
    pooled.file.datasyncAsync(error => {
      openFiles.unpin(pooled)
      quick.tookThread(start)
      if (this.#isStopped) done()
      else if (error !== null) this.#failed(error, done)
      else then()
    })
  }

  /** The names of the files, and at first that of the folder; one made meanwhile is for the next round. */
  #syncNames(done: () => void, then: () => void): void {
    if (!this.#hasNewNames && this.#isFolderDurable) {
      then()
      return
    }
    const { files } = this.#home.shared
    const { folder } = this.#log
    const after =
      (next: () => void): FileDone =>
      error => {
        if (this.#isStopped) done()
        else if (error !== null) this.#failed(error, done)
        else next()
      }
    this.#hasNewNames = false
    try {
      if (this.#isFolderDurable) {
        files.syncDirectoryAsync(folder, after(then))
        return
      }
      const named = (): void => {
        this.#isFolderDurable = true
        then()
      }
      const inFolder = (): void => this.#home.syncNames(after(named))
      const described = (): void => files.syncDirectoryAsync(folder, after(inFolder))
      syncPartitionMetadataAsync(files, folder, after(described))
    } catch (error) {
      this.#failed(error as Error, done)
    }
  }

  #advance(target: number): void {
    const durable = Math.min(target, this.#clip)
    if (durable <= this.#durableOffset) return
    this.#durableOffset = durable
    this.#log.durableMoved()
  }

  #ended(done: () => void): void {
    done()
    this.written()
  }

  #failed(error: Error, done: () => void): void {
    this.#home.failed(error)
    done()
  }
}
