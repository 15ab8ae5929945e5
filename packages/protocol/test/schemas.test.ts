import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LONG_MAX } from '@moldau/base'
import { StoredMessage, type AnyMessage, type Fields } from '../src/index.ts'
import { allMessages } from './all-messages.ts'
import { goldenRows } from './golden.ts'

type Range = readonly [number, number]

/** A message as lines of `golden/schemas.tsv`: itself, then its fields, those of structs under their path. */
function linesOf(schema: AnyMessage): string[] {
  const { name, versions, flexibleFrom } = schema
  const isFlexible = versions[1] >= flexibleFrom
  const apiKey = schema instanceof StoredMessage ? schema.apiKey : '-'
  const first = [
    name,
    '',
    'message',
    // Removed messages keep their name and key, and have no version.
    versions[1] < versions[0] ? 'none' : written(versions),
    isFlexible ? flexibleFrom : '-',
    '-',
    '-',
    apiKey,
  ]
  return [first.join('\t'), ...fieldLines(name, '', schema.fields, versions)]
}

function fieldLines(name: string, prefix: string, fields: Fields, outer: Range): string[] {
  return Object.entries(fields).flatMap(([key, { facts }]) => {
    const { since, until, nullable, tag, defaultValue } = facts
    const range = within([since, until], outer)
    const isArray = typeof facts.type !== 'string' && 'array' in facts.type
    const element = isArray ? (facts.type as { array: typeof facts.type }).array : facts.type
    const inner =
      typeof element === 'string' ? undefined : 'struct' in element ? element.struct : undefined
    const type = typeof element === 'string' ? element.replace('boolean', 'bool') : '{}'
    const marks = `${facts.isIgnorable ? 'ignorable ' : ''}${facts.isMapKey ? 'key' : ''}`.trim()
    const line = [
      name,
      prefix + key,
      isArray ? `[]${type}` : type,
      written(range),
      nullable === undefined ? '-' : written(within(nullable, range)),
      tag ?? '-',
      defaultText(defaultValue),
      marks || '-',
    ]
    const own = line.join('\t')
    return inner === undefined
      ? [own]
      : [own, ...fieldLines(name, `${prefix}${key}.`, inner, range)]
  })
}

function within([low, high]: Range, [outerLow, outerHigh]: Range): Range {
  return [Math.max(low, outerLow), Math.min(high, outerHigh)]
}

function written([low, high]: Range): string {
  return `${low}-${high}`
}

/** Zero, false and empty are what a field holds anyway: no default. */
function defaultText(value: number | boolean | string | null | undefined): string {
  if (value === undefined || value === 0 || value === false || value === '') return '-'
  return value === LONG_MAX ? '9223372036854775807' : String(value)
}

test('every message and field is as Kafka 4.3.1 has it', () => {
  const expected = new Map<string, string[]>()
  for (const row of goldenRows('schemas.tsv')) {
    const name = row[0] ?? ''
    expected.set(name, [...(expected.get(name) ?? []), row.join('\t')])
  }
  const known = new Map(allMessages.map(schema => [schema.name, schema]))
  assert.deepEqual([...known.keys()].toSorted(), [...expected.keys()].toSorted())
  for (const [name, schema] of known) assert.deepEqual(linesOf(schema), expected.get(name), name)
})
