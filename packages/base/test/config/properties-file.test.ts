import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProperties } from '../../src/config/properties-file.ts'

function parse(...lines: string[]): Record<string, string> {
  return Object.fromEntries(parseProperties(lines.join('\n')))
}

test('reads pairs in all three forms', () => {
  assert.deepEqual(parse('a=1', 'b : 2', 'c 3', 'd', '  e\t=\t5 '), {
    a: '1',
    b: '2',
    c: '3',
    d: '',
    e: '5 ',
  })
})

test('a value may hold separators', () => {
  assert.deepEqual(parse('listeners=PLAINTEXT://:9092', 'rule==x'), {
    listeners: 'PLAINTEXT://:9092',
    rule: '=x',
  })
})

test('skips comments and empty lines, also those of other systems', () => {
  assert.deepEqual(parse('# a=1', '  ! b=2', '', '\t', 'c=3\r', 'd=4 # not a comment'), {
    c: '3',
    d: '4 # not a comment',
  })
})

test('joins lines that end in an odd number of backslashes', () => {
  assert.deepEqual(parse('a=1,\\', '   2,\\', '# 3', 'path=c:\\\\', 'b=2'), {
    a: '1,2,# 3',
    path: 'c:\\',
    b: '2',
  })
  assert.deepEqual(parse('a=1\\'), { a: '1' })
})

test('undoes escapes in keys and values', () => {
  assert.deepEqual(parse('a\\ b\\=c=\\t\\u00e9\\q', 'd=\\u12'), { 'a b=c': '\té' + 'q', d: 'u12' })
})

test('the last of a key counts', () => {
  assert.deepEqual(parse('a=1', 'a=2'), { a: '2' })
})
