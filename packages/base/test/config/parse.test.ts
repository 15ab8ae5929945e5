import assert from 'node:assert/strict'
import { test } from 'node:test'
import { int, long } from '../../src/config/option.ts'
import { parseOptions } from '../../src/config/parse.ts'

const rows = {
  'num.partitions': int({ default: 1, min: 1, doc: '' }),
  'retention.ms': long({
    default: 604_800_000,
    min: -1,
    doc: '',
    synonyms: [
      { name: 'log.retention.ms' },
      { name: 'log.retention.minutes', convert: 'minutes-to-ms' },
      { name: 'log.retention.hours', convert: 'hours-to-ms' },
    ],
  }),
}

function parse(text: Record<string, string>): ReturnType<typeof parseOptions<typeof rows>> {
  return parseOptions(rows, new Map(Object.entries(text)))
}

test('takes what is given, else the default', () => {
  const { values, problems } = parse({ 'num.partitions': '6', 'some.plugin.key': 'x' })
  assert.deepEqual(values, { 'num.partitions': 6, 'retention.ms': 604_800_000 })
  assert.deepEqual(problems, [])
})

test('a key goes before its synonyms, an earlier synonym before a later one', () => {
  const synonyms = { 'log.retention.hours': '2', 'log.retention.minutes': '3' }
  assert.equal(parse({ 'log.retention.hours': '2' }).values['retention.ms'], 7_200_000)
  assert.equal(parse(synonyms).values['retention.ms'], 180_000)
  assert.equal(parse({ ...synonyms, 'log.retention.ms': '4' }).values['retention.ms'], 4)
  assert.equal(parse({ ...synonyms, 'retention.ms': '5' }).values['retention.ms'], 5)
})

test('no limit stays no limit in any unit', () => {
  assert.equal(parse({ 'log.retention.hours': '-1' }).values['retention.ms'], -1)
})

test('tells every problem by the key that was given', () => {
  const { values, problems } = parse({ 'num.partitions': '0', 'log.retention.hours': 'week' })
  assert.deepEqual(
    problems.map(({ key }) => key),
    ['num.partitions', 'log.retention.hours'],
  )
  assert.equal(
    problems[0]?.message,
    'Invalid value 0 for configuration num.partitions: Value must be at least 1',
  )
  assert.equal(values['num.partitions'], 1)
})

test('a key without a default must be given, by its name or a synonym', () => {
  const required = { id: int({ doc: '', synonyms: [{ name: 'old.id' }] }) }
  assert.deepEqual(parseOptions(required, new Map()).problems, [
    { key: 'id', message: 'Missing required configuration "id" which has no default value.' },
  ])
  assert.deepEqual(parseOptions(required, new Map([['old.id', '3']])), {
    values: { id: 3 },
    problems: [],
  })
})
