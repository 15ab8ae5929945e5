/** The `leader-epoch-checkpoint` of a partition: replaced on its own while it runs, with all its other files at a clean stop. */
import {
  encodeEpochs,
  LEADER_EPOCH_FILE,
  readText,
  replaceAsync,
  writeReplacement,
} from './checkpoints.ts'
import type { LeaderEpochs } from './core/leader-epochs.ts'
import type { LogHome } from './log-environment.ts'

/** The file of one partition. */
export class EpochCheckpoint {
  readonly path: string
  readonly #folder: string
  readonly #home: LogHome
  #storing: Promise<boolean> | undefined = undefined
  #isStopped = false

  constructor(folder: string, home: LogHome) {
    this.#folder = folder
    this.path = `${folder}/${LEADER_EPOCH_FILE}`
    this.#home = home
  }

  /** Replaces it, if it is behind; both syncs are in the thread pool. Whether it is durable now. */
  store(epochs: LeaderEpochs): Promise<boolean> {
    if (!epochs.isChanged) return Promise.resolve(false)
    this.#storing ??= this.#store(epochs).finally(() => {
      this.#storing = undefined
    })
    return this.#storing
  }

  async #store(epochs: LeaderEpochs): Promise<boolean> {
    const { entries } = epochs
    try {
      await this.#replace(encodeEpochs(entries))
    } catch (error) {
      if (!this.#isStopped) this.#home.failed(error as Error)
      return false
    }
    if (this.#isStopped) return false
    epochs.stored(entries)
    return true
  }

  #replace(text: string): Promise<void> {
    const { files } = this.#home.shared
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => {
        if (error === null) resolve()
        else reject(error)
      }
      // After a recovery the file mostly holds what was found again.
      if (readText(files, this.path) === text) {
        resolve()
        return
      }
      writeReplacement(files, this.path, text)
      replaceAsync(
        files,
        this.path,
        error => {
          if (error !== null || this.#isStopped) done(error)
          else files.syncDirectoryAsync(this.#folder, done)
        },
        () => this.#isStopped,
      )
    })
  }

  /** Writes what is to take its place, if that has changed. Not synced. No `store` may be under way. */
  write(epochs: LeaderEpochs): void {
    if (epochs.isChanged)
      writeReplacement(this.#home.shared.files, this.path, encodeEpochs(epochs.entries))
  }

  /** Leaves the folder alone from now on: it may be that of another partition. */
  stop(): void {
    this.#isStopped = true
  }
}
