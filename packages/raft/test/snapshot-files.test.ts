import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '@moldau/base'
import { memoryFiles } from '@moldau/io'
import { listSnapshots, readSnapshot, snapshotName, writeSnapshot } from '../src/snapshot-files.ts'

const options = { lastContainedLogTimestamp: 5, voters: undefined, epoch: 3, timestamp: 7 }

function folder() {
  const files = memoryFiles()
  files.makeDirectory('/data')
  return files
}

test('names have 20 and 10 digits', () => {
  assert.equal(
    snapshotName({ endOffset: 52, epoch: 3 }),
    '00000000000000000052-0000000003.checkpoint',
  )
})

test('values come back in order, and the file is listed', () => {
  const files = folder()
  const path = `/data/${snapshotName({ endOffset: 52, epoch: 3 })}`
  const values = Array.from({ length: 3000 }, (_, i) => Buffer.alloc(1000, i))
  const sizeInBytes = atOnce(writeSnapshot(files, path, values, options))
  assert.equal(files.size(path), sizeInBytes)
  const { batches } = readSnapshot(files, path)
  assert.ok(batches.length > 3)
  assert.deepEqual(
    batches.flatMap(batch => batch.values),
    values,
  )
  assert.equal(batches[0]?.lastContainedLogTimestamp, 5)
  assert.deepEqual(listSnapshots(files, '/data'), [{ endOffset: 52, epoch: 3 }])
})

test('what an interrupted write left is removed', () => {
  const files = folder()
  files.replace('/data/00000000000000000052-0000000003.checkpoint.part', Buffer.from('half'))
  assert.deepEqual(listSnapshots(files, '/data'), [])
  assert.deepEqual(files.list('/data'), [])
})

test('a snapshot that is cut short is refused', () => {
  const files = folder()
  atOnce(writeSnapshot(files, '/data/s.checkpoint', [Buffer.from('a')], options))
  const bytes = files.readAll('/data/s.checkpoint')
  files.replace('/data/s.checkpoint', bytes.subarray(0, bytes.length - 20))
  assert.throws(() => readSnapshot(files, '/data/s.checkpoint'), /its header or footer is missing/)
})

test('a snapshot with a flipped bit is refused', () => {
  const files = folder()
  atOnce(writeSnapshot(files, '/data/s.checkpoint', [Buffer.alloc(100, 7)], options))
  const bytes = Buffer.from(files.readAll('/data/s.checkpoint'))
  bytes[200] = (bytes[200] ?? 0) ^ 1
  files.replace('/data/s.checkpoint', bytes)
  assert.throws(() => readSnapshot(files, '/data/s.checkpoint'), /CRC/)
})
