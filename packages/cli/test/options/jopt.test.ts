import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJopt, refuseTogether, requireOptions, UsageError } from '../../src/options/jopt.ts'
import { usage } from '../../src/options/usage.ts'

const rows = {
  topic: { value: 'required', argument: 'String: topic', doc: 'The topic.' },
  config: { value: 'required', doc: 'A setting.' },
  partitions: { value: 'required', doc: 'How many.', default: '3' },
  'compression-codec': { value: 'optional', doc: 'The codec.' },
  list: { doc: 'Lists.' },
} as const

test('takes a value behind a space or an equals sign, and single-dash long names', () => {
  assert.equal(parseJopt(rows, ['--topic', 'a']).value('topic'), 'a')
  assert.equal(parseJopt(rows, ['--topic=a=b']).value('topic'), 'a=b')
  assert.equal(parseJopt(rows, ['-list']).has('list'), true)
})

test('keeps every value of an option that repeats', () => {
  assert.deepEqual(parseJopt(rows, ['--config', 'a=1', '--config', 'b=2']).values('config'), [
    'a=1',
    'b=2',
  ])
})

test('takes an optional value only if the next word is no option', () => {
  assert.deepEqual(
    parseJopt(rows, ['--compression-codec', '--list']).values('compression-codec'),
    [],
  )
  assert.equal(parseJopt(rows, ['--compression-codec', 'lz4']).value('compression-codec'), 'lz4')
})

test('refuses abbreviations and unknown options, with the nearest name', () => {
  assert.throws(() => parseJopt(rows, ['--top', 'a']), /top is not a recognized option/)
  assert.throws(
    () => parseJopt(rows, ['--topics', 'a']),
    /recognized option\nDid you mean --topic\?/,
  )
  assert.throws(() => parseJopt(rows, ['--__proto__', 'a']), UsageError)
})

test('keeps words that belong to no option aside', () => {
  const options = parseJopt(rows, ['stray', '--topic', 'a', 'b'])
  assert.deepEqual([options.value('topic'), options.strays], ['a', ['stray', 'b']])
})

test('names the required option that is missing as Kafka does', () => {
  assert.throws(
    () => requireOptions(parseJopt(rows, []), 'topic'),
    /^Error: Missing required argument "\[topic\]"$/,
  )
})

test('refuses options that exclude each other', () => {
  const options = parseJopt(rows, ['--list', '--topic', 'a'])
  assert.throws(
    () => refuseTogether(options, 'list', ['topic']),
    /can't be used with option "\[topic\]"/,
  )
})

test('reads whole numbers only', () => {
  assert.equal(parseJopt(rows, []).integer('partitions'), 3)
  assert.throws(
    () => parseJopt(rows, ['--partitions', 'x']).integer('partitions'),
    /Cannot parse argument 'x'/,
  )
})

test('prints the options in two columns', () => {
  assert.match(
    usage(rows),
    /^Option +Description\n-+ +-+\n--compression-codec \[String\] +The codec\./,
  )
})
