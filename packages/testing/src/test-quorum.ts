/** For tests of the quorum and the controller: a world in memory, and a log whose flushes end when the test says so. */
import { memoryFiles, type World } from '@moldau/io'
import { seededRandom } from '@moldau/base'
import { batch, readBatches } from '@moldau/protocol'
import type { RaftStorage } from '@moldau/raft'

/** A world without network whose clock only moves by `advance`. */
export function testWorld(seed = 1): World & { advance(ms: number): void } {
  let now = 1_700_000_000_000
  const never = () => {
    throw new Error('No network in this test')
  }
  return {
    clock: { now: () => now, monotonic: () => now },
    timers: {
      after: () => ({ cancel() {} }),
      every: () => ({ cancel() {} }),
      soon: task => queueMicrotask(task),
      later: task => queueMicrotask(task),
    },
    random: seededRandom(seed),
    files: memoryFiles(),
    network: { listen: never, connect: never },
    advance(ms) {
      now += ms
    },
  }
}

/** A partition log in memory. Flushes end at once, or by `flush()` when `isManual`. */
export class TestStorage implements RaftStorage {
  readonly isManual: boolean
  onProgress: (() => void) | undefined
  failure: Error | undefined
  logStartOffset = 0
  logEndOffset = 0
  durableOffset = 0
  highWatermark = 0
  #batches: Buffer[] = []

  constructor(isManual = false) {
    this.isManual = isManual
  }

  get sizeInBytes(): number {
    return this.#batches.reduce((sum, bytes) => sum + bytes.length, 0)
  }

  append(records: Buffer): ReturnType<RaftStorage['append']> {
    for (const { at } of readBatches(records)) {
      if (batch.baseOffset(records, at) !== this.logEndOffset) throw new Error('Wrong base offset')
      this.logEndOffset = batch.lastOffset(records, at) + 1
    }
    this.#batches.push(Buffer.from(records))
    const baseOffset = batch.baseOffset(records, 0)
    const lastOffset = this.logEndOffset - 1
    return { baseOffset, lastOffset, logAppendTime: -1, logStartOffset: 0 } as ReturnType<
      RaftStorage['append']
    >
  }

  requestFlush(): void {
    if (!this.isManual) queueMicrotask(() => this.flush())
  }

  /** All that was appended is on stable storage. */
  flush(): void {
    this.durableOffset = this.logEndOffset
    this.onProgress?.()
  }

  fail(error: Error): void {
    this.failure = error
    this.onProgress?.()
  }

  read(offset: number, { upTo }: { upTo: number }): ReturnType<RaftStorage['read']> {
    const found = this.#batches.find(bytes => batch.lastOffset(bytes, 0) >= offset)
    const parts = found !== undefined && batch.lastOffset(found, 0) < upTo ? [found] : []
    return { parts, sizeInBytes: 0, release() {} } as unknown as ReturnType<RaftStorage['read']>
  }

  advanceHighWatermark(offset: number): void {
    this.highWatermark = offset
  }

  deleteRecordsTo(offset: number): number {
    this.logStartOffset = offset
    this.#batches = this.#batches.filter(bytes => batch.lastOffset(bytes, 0) >= offset)
    return offset
  }

  /** The same log after a crash: what was not flushed is gone. */
  crashed(): TestStorage {
    const copy = new TestStorage(this.isManual)
    for (const bytes of this.#batches) {
      if (batch.lastOffset(bytes, 0) < this.durableOffset) copy.append(bytes)
    }
    copy.logStartOffset = this.logStartOffset
    copy.durableOffset = copy.logEndOffset
    return copy
  }
}
