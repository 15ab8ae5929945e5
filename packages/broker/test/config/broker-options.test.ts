import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Option } from '@moldau/base'
import { brokerOptions } from '../../src/config/broker-options.ts'
import { formatValue } from '../../src/config/values.ts'

interface Fact {
  readonly type: string
  readonly default: string
  readonly importance: string
  readonly mode: string
}

/** Kafka 4.3.1's settings of a broker: name, type, default, valid values, importance, when a change takes effect. */
const facts = new Map<string, Fact>(
  readFileSync(new URL('../golden/configs.tsv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const [name = '', type = '', byDefault = '', , importance = '', mode = ''] = line.split('\t')
      return [name, { type, default: byDefault, importance, mode }]
    }),
)

const rows: Readonly<Record<string, Option<unknown>>> = brokerOptions

const own = (name: string) => !facts.has(name)

test('knows every setting of Kafka 4.3.1', () => {
  assert.deepEqual(
    [...facts.keys()].filter(name => rows[name] === undefined),
    [],
  )
})

test('has few settings of its own', () => {
  assert.deepEqual(Object.keys(rows).filter(own).sort(), [
    'log.dir.reserve.bytes',
    'log.flush.concurrent.max',
    'log.flush.policy',
    'log.open.files.max',
    'log.record.validation',
    'log.tail.cache.bytes',
  ])
})

test('gives every setting its type, default, importance and dynamic mode', () => {
  const differences = []
  for (const [name, fact] of facts) {
    const row = rows[name]
    if (row === undefined) continue
    const described = {
      type: row.type.toLowerCase(),
      default: defaultText(row),
      importance: row.importance.toLowerCase(),
      mode: row.dynamic,
    }
    try {
      assert.deepEqual(described, fact)
    } catch {
      differences.push({ name, described, fact })
    }
  }
  assert.deepEqual(differences, [])
})

test('describes every setting in a sentence', () => {
  const silent = Object.entries(rows).filter(([, row]) => !/^[A-Z].*\.$/s.test(row.doc))
  assert.deepEqual(
    silent.map(([name]) => name),
    [],
  )
})

function defaultText(row: Option<unknown>): string {
  if (row.isRequired) return '(required)'
  const text = formatValue(row, row.default)
  if (text === null) return 'null'
  if (row.type === 'CLASS') return `class ${text}`
  return row.type === 'LIST' ? `[${text.replaceAll(',', ', ')}]` : text
}
