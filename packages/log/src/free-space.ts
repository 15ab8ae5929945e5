/**
 * The free space of one log directory. Below a reserve clients' appends are refused, so that the disk is never found
 * full in the middle of a write, and what the cluster itself writes (its metadata, offsets of groups) still fits. When
 * there is room again appends go on. The system is asked once in so many bytes, and once a second while bytes come.
 */
import type { Logger } from '@moldau/base'
import type { Files } from '@moldau/io'

/** The reserve is at most this part of the disk, so that a small one can be used too. */
const RESERVE_PART_MAX = 0.05
/** The system is asked after this part of the reserve was appended. */
const LOOK_PART = 1 / 8
const MEGABYTE = 1024 * 1024

/** What is watched. */
export interface FreeSpaceOptions {
  readonly files: Files
  readonly directory: string
  /** 0 watches nothing. */
  readonly reserveBytes: number
  readonly logger: Logger
}

/** Watches one directory. */
export class FreeSpace {
  readonly #options: FreeSpaceOptions
  #bytesUntilLook = 0
  #refusal: string | undefined = undefined

  constructor(options: FreeSpaceOptions) {
    this.#options = options
    if (options.reserveBytes <= 0) this.#bytesUntilLook = Infinity
  }

  /** Why a client's append of so many bytes is refused; undefined when there is room. */
  refuse(bytes: number): string | undefined {
    if (this.#refusal !== undefined) return this.#refusal
    this.#bytesUntilLook -= bytes
    if (this.#bytesUntilLook < 0) this.#look()
    return this.#refusal
  }

  /** Called once a second. */
  tick(): void {
    if (this.#options.reserveBytes <= 0) return
    if (this.#refusal === undefined) this.#bytesUntilLook = 0
    else this.#look()
  }

  #look(): void {
    const { files, directory, logger } = this.#options
    let space: { freeBytes: number; totalBytes: number }
    try {
      space = files.space(directory)
    } catch {
      // A file system that does not tell: its writes will.
      this.#bytesUntilLook = MEGABYTE
      return
    }
    const { freeBytes, totalBytes } = space
    const reserveBytes = Math.min(this.#options.reserveBytes, totalBytes * RESERVE_PART_MAX)
    const lookBytes = reserveBytes * LOOK_PART
    this.#bytesUntilLook = Math.min(lookBytes, freeBytes - reserveBytes)
    if (this.#refusal === undefined && freeBytes < reserveBytes) {
      this.#refusal = `${directory} has ${megabytes(freeBytes)} MB free, less than its reserve of ${megabytes(reserveBytes)} MB (log.dir.reserve.bytes); make room there, and appends go on by themselves`
      logger.error('log directory is short of space, appends of clients are refused', {
        directory,
        freeBytes,
        reserveBytes,
      })
    } else if (this.#refusal !== undefined && freeBytes >= reserveBytes + lookBytes) {
      this.#refusal = undefined
      logger.info('log directory has room again', { directory, freeBytes })
    }
  }
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1)
}
