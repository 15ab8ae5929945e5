import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../src/config/nearest.ts'

const names = ['num.partitions', 'log.dirs', 'log.dir', 'listeners']

test('finds the name that was meant', () => {
  assert.equal(nearest('num.partition', names), 'num.partitions')
  assert.equal(nearest('log.drs', names), 'log.dirs')
  assert.equal(nearest('listener', names), 'listeners')
})

test('finds nothing where nothing is near', () => {
  assert.equal(nearest('zookeeper.connect', names), undefined)
  assert.equal(nearest('', names), undefined)
})
