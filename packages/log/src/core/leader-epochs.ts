/**
 * Which leader epoch began at which offset: the history that followers and clients compare to find where logs part.
 * Kept in memory by each partition log, stored in `leader-epoch-checkpoint`. Entries strictly rise in both numbers.
 */

/** The first offset that a leader of this epoch wrote. @public */
export interface LeaderEpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** The answer of `OffsetForLeaderEpoch`: the largest epoch not above the asked one and where it ended, −1 for unknown. @public */
export interface EpochEndOffset {
  readonly epoch: number
  readonly endOffset: number
}

const unknown: EpochEndOffset = { epoch: -1, endOffset: -1 }

/** The epoch history of one partition. @public */
export class LeaderEpochs {
  #entries: LeaderEpochEntry[]
  /** Offset where the first entry begins that no checkpoint holds yet; undefined when all are stored. */
  #firstUnstored: number | undefined
  /** Whether the checkpoint file differs from the entries. */
  isChanged = false

  constructor(entries: readonly LeaderEpochEntry[] = []) {
    this.#entries = [...entries]
  }

  get entries(): readonly LeaderEpochEntry[] {
    return this.#entries
  }

  /** −1 when there is no epoch yet. */
  get latestEpoch(): number {
    const last = this.#entries.at(-1)
    return last === undefined ? -1 : last.epoch
  }

  get firstUnstored(): number | undefined {
    return this.#firstUnstored
  }

  /** Notes that `epoch` writes from `startOffset` on. Does nothing for the current epoch; an older one is refused. */
  assign(epoch: number, startOffset: number): void {
    if (epoch < 0 || epoch <= this.latestEpoch) return
    while (this.#entries.length > 0 && this.#entries.at(-1)!.startOffset >= startOffset)
      this.#entries.pop()
    // A new array, without the room to grow that `push` leaves: there is one for each partition.
    this.#entries = [...this.#entries, { epoch, startOffset }]
    this.#changed(startOffset)
  }

  /** The epoch of the record at `offset`, or undefined below the first entry. */
  epochFor(offset: number): number | undefined {
    for (let i = this.#entries.length - 1; i >= 0; i--)
      if (this.#entries[i]!.startOffset <= offset) return this.#entries[i]!.epoch
    return undefined
  }

  /** Kafka's rule: an unknown middle epoch answers with the one below it, an epoch above all is unknown. */
  endOffset(requestedEpoch: number, logEndOffset: number): EpochEndOffset {
    if (requestedEpoch === unknown.epoch) return unknown
    if (requestedEpoch === this.latestEpoch)
      return { epoch: requestedEpoch, endOffset: logEndOffset }
    const higherIndex = this.#entries.findIndex(entry => entry.epoch > requestedEpoch)
    if (higherIndex < 0) return unknown
    const higher = this.#entries[higherIndex]!
    const floor = this.#entries[higherIndex - 1]
    return { epoch: floor?.epoch ?? requestedEpoch, endOffset: higher.startOffset }
  }

  /** Forgets epochs that begin at or above `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#entries.filter(entry => entry.startOffset < endOffset)
    if (kept.length === this.#entries.length) return
    this.#entries = kept
    this.#changed(endOffset)
  }

  /** Forgets epochs that ended at or below `startOffset`; the one that holds it begins there from now on. */
  truncateFromStart(startOffset: number): void {
    const firstAbove = this.#entries.findIndex(entry => entry.startOffset > startOffset)
    const keptFrom = (firstAbove < 0 ? this.#entries.length : firstAbove) - 1
    const first = this.#entries[keptFrom]
    if (first === undefined || (keptFrom === 0 && first.startOffset === startOffset)) return
    if (keptFrom === 0 && first.startOffset > startOffset) return
    this.#entries = [{ epoch: first.epoch, startOffset }, ...this.#entries.slice(keptFrom + 1)]
    this.isChanged = true
  }

  /** Called when the checkpoint file holds all entries. */
  stored(): void {
    this.isChanged = false
    this.#firstUnstored = undefined
  }

  #changed(offset: number): void {
    this.isChanged = true
    if (this.#firstUnstored === undefined || offset < this.#firstUnstored)
      this.#firstUnstored = offset
  }
}
