import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QuickSyncs } from '../src/quick-syncs.ts'

class Disk {
  now = 0
  readonly syncs = new QuickSyncs({ now: () => 0, monotonic: () => this.now })

  inThread(ms: number, times = 1): void {
    for (let i = 0; i < times; i++) {
      const start = this.syncs.start()
      this.now += ms
      this.syncs.tookThread(start)
    }
  }

  inLoop(ms: number): void {
    const start = this.syncs.start()
    this.now += ms
    this.syncs.tookLoop(start)
  }
}

test('the loop may wait for a disk whose last eight syncs were quick', () => {
  const disk = new Disk()
  disk.inThread(0.4, 7)
  assert.equal(disk.syncs.mayBlock(1000), false)
  disk.inThread(0.4)
  assert.equal(disk.syncs.mayBlock(1000), true)
  disk.inThread(1.5)
  assert.equal(disk.syncs.mayBlock(1000), false)
})

test('where somebody reads, a third of the time is left to others', () => {
  const disk = new Disk()
  disk.inThread(0.4, 8)
  disk.inLoop(0.2)
  assert.equal(disk.syncs.mayBlock(1000), true)
  disk.syncs.read()
  assert.equal(disk.syncs.mayBlock(1000), false)
  disk.now += 0.11
  assert.equal(disk.syncs.mayBlock(1000), true)
})

test('a disk that has blocked the loop for long must be quick for twice as long, until it has been for very long', () => {
  const disk = new Disk()
  disk.inThread(0.4, 8)
  disk.inLoop(30)
  disk.now += 100
  disk.inThread(0.4, 15)
  assert.equal(disk.syncs.mayBlock(1000), false)
  disk.inThread(0.4)
  assert.equal(disk.syncs.mayBlock(1000), true)
  for (let i = 0; i < 2001; i++) disk.inLoop(0.1)
  disk.inThread(5)
  disk.inThread(0.4, 8)
  assert.equal(disk.syncs.mayBlock(1000), true)
})
