import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineParser } from '../../src/console/line-reader.ts'

function parse(line: string, properties: Record<string, string>): unknown {
  const { headers, key, value } = lineParser(new Map(Object.entries(properties)))(line, 1)
  const text = (data: Buffer | null): string | null => data?.toString() ?? null
  return [headers.map(header => [header.key, text(header.value)]), text(key), text(value)]
}

const all = { 'parse.key': 'true', 'parse.headers': 'true' }

test('takes a line whole without properties', () => {
  assert.deepEqual(parse('a\tb', {}), [[], null, 'a\tb'])
})

test('splits headers, key and value', () => {
  assert.deepEqual(parse('h:1,i:\tk\tv\tw', all), [
    [
      ['h', '1'],
      ['i', ''],
    ],
    'k',
    'v\tw',
  ])
})

test('refuses lines that lack a part, with the part and the line', () => {
  assert.throws(
    () => parse('h:v val', all),
    /^Error: No headers delimiter found on line number 1: 'h:v val'$/,
  )
  assert.throws(
    () => parse('h:1\tk', all),
    /^Error: No key separator found on line number 1: 'h:1\tk'$/,
  )
  assert.throws(
    () => parse('h:1,i\tk\tv', all),
    /^Error: No header key separator found in pair 'i' on line number 1$/,
  )
  assert.throws(
    () => parse('NULL:1\tk\tv', { ...all, 'null.marker': 'NULL' }),
    /Header keys should not be equal to the null marker 'NULL'/,
  )
})

test('leaves out missing parts with ignore.error', () => {
  assert.deepEqual(parse('value', { ...all, 'ignore.error': 'true' }), [[], null, 'value'])
  assert.deepEqual(parse('h\tk\tv', { ...all, 'ignore.error': 'true' }), [[['h', null]], 'k', 'v'])
})

test('refuses separators that cannot be told apart', () => {
  assert.throws(
    () => lineParser(new Map([['headers.delimiter', ',']])),
    /headers\.delimiter and headers\.separator may not be equal/,
  )
})
