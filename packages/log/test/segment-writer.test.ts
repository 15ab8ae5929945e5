import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HotTail, TailBudget } from '../src/hot-tail.ts'
import type { OpenFiles } from '../src/open-files.ts'
import type { Segment } from '../src/segment.ts'
import { SegmentWriter } from '../src/segment-writer.ts'
import type { WriteCost } from '../src/write-cost.ts'

const BUDGET_BYTES = 100_000

/** A writer whose asynchronous writes land when the test says so, on a file that remembers its length. */
function makeWriter() {
  const landings: (() => void)[] = []
  let length = 0
  const file = {
    write(bytes: Buffer, position: number) {
      length = Math.max(length, position + bytes.length)
    },
    writeAsync(parts: readonly Buffer[], position: number, done: (error: Error | null) => void) {
      landings.push(() => {
        this.write(Buffer.concat(parts), position)
        done(null)
      })
    },
    truncate(position: number) {
      length = position
    },
    datasync() {},
  }
  const openFiles = { use: () => ({ file }), pin() {}, unpin() {} } as unknown as OpenFiles
  const cost = { isCheap: () => false, start: () => 0, wrote() {} } as unknown as WriteCost
  const budget = new TailBudget(BUDGET_BYTES)
  const written: number[] = []
  const owner = {
    written: (endOffset: number) => void written.push(endOffset),
    writeFailed(error: Error) {
      throw error
    },
  }
  return {
    writer: new SegmentWriter(owner, openFiles, cost, budget),
    tail: new HotTail(budget),
    segment: { logPath: '0.log', baseOffset: 0 } as unknown as Segment,
    budget,
    written,
    land: () => landings.splice(0).forEach(landing => landing()),
    length: () => length,
  }
}

test('a log that is given up in the middle of its writes counts none of them as queued', () => {
  const { writer, tail, segment, budget, land } = makeWriter()
  const add = (offset: number): void => {
    const batch = Buffer.alloc(1000)
    const page = tail.add(segment, offset * 1000, batch, 0, 1000, offset, offset + 1)
    writer.writePage(page, 1000)
  }
  add(0)
  writer.flush()
  add(1)
  writer.stop()
  writer.flush()
  land()
  budget.queued(BUDGET_BYTES - 1)
  assert.ok(budget.mayQueue)
  assert.equal(tail.page(0)?.pins ?? 0, 0)
})

test('a batch that comes behind a cut is kept, however little room there is for queued writes', () => {
  const { writer, segment, budget, written, land, length } = makeWriter()
  writer.write(segment, 0, Buffer.alloc(1000), 1)
  writer.drain()
  writer.truncate(segment, 500)
  budget.queued(2 * BUDGET_BYTES)
  writer.write(segment, 500, Buffer.alloc(1000), 2)
  land()
  land()
  assert.equal(length(), 1500)
  assert.equal(written.at(-1), 2)
})
