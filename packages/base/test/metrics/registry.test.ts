import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counter, gauge, histogram } from '../../src/metrics/metric.ts'
import { MetricRegistry } from '../../src/metrics/registry.ts'

const rows = {
  bytesIn: counter({ help: 'Bytes from clients.', unit: 'bytes', labels: ['topic'] }),
  openFiles: gauge({ help: 'Files that are open.' }),
  flushTime: histogram({ help: 'Time of a flush.', unit: 'seconds', bounds: [0.01, 0.1] }),
}

test('a metric is named after its row, unit and kind', () => {
  const registry = new MetricRegistry()
  registry.register('log', rows)
  assert.deepEqual(
    registry.families().map(({ name, kind }) => [name, kind]),
    [
      ['log_bytes_in_bytes_total', 'counter'],
      ['log_open_files', 'gauge'],
      ['log_flush_time_seconds', 'histogram'],
    ],
  )
  assert.throws(() => registry.register('log', rows), /log_bytes_in_bytes_total/)
})

test('each set of labels counts for itself, until it is dropped', () => {
  const registry = new MetricRegistry()
  const { bytesIn } = registry.register('log', rows)
  bytesIn.with({ topic: 'a' }).add(5)
  bytesIn.with({ topic: 'a' }).add()
  bytesIn.with({ topic: 'b' }).add(1)
  // @ts-expect-error A label that is missing does not compile.
  const wrong = (): unknown => bytesIn.with({})
  assert.ok(wrong !== undefined)
  bytesIn.drop({ topic: 'b' })
  assert.deepEqual(registry.families()[0]?.samples, [
    { suffix: '', labels: { topic: 'a' }, value: 6 },
  ])
})

test('a gauge is set, moved, or read when somebody looks', () => {
  const registry = new MetricRegistry()
  const { openFiles } = registry.register('log', rows)
  const value = (): number | undefined => registry.families()[1]?.samples[0]?.value
  openFiles.set(7)
  openFiles.add(-2)
  assert.equal(value(), 5)
  let count = 1
  openFiles.readFrom(() => count)
  count = 9
  assert.equal(value(), 9)
})

test('a histogram tells cumulated buckets, sum and count', () => {
  const registry = new MetricRegistry()
  const { flushTime } = registry.register('log', rows)
  for (const seconds of [0.005, 0.01, 0.05, 3]) flushTime.observe(seconds)
  assert.deepEqual(
    registry
      .families()[2]
      ?.samples.map(({ suffix, labels, value }) => [suffix, labels['le'], value]),
    [
      ['_bucket', '0.01', 2],
      ['_bucket', '0.1', 3],
      ['_bucket', '+Inf', 4],
      ['_sum', undefined, 3.065],
      ['_count', undefined, 4],
    ],
  )
})
