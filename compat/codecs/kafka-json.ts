/**
 * A message as Kafka's JSON converters write it: fields that the version lacks are left out, so are tagged ones that
 * hold their default, bytes are base64, and of records only the size is told.
 */
import type { Fields } from '../../packages/protocol/src/index.ts'
import type { FieldFacts, Type } from '../../packages/protocol/src/schema.ts'
import { isDeepStrictEqual } from 'node:util'
import { defaultOf, hasField } from '../../packages/protocol/test/random-value.ts'

type Value = Readonly<Record<string, unknown>>

/** The JSON of a value of `fields`. `records`: as Java wants them, or as it tells them. */
export function kafkaJson(
  fields: Fields,
  value: Value,
  version: number,
  isFlexible: boolean,
  records: 'content' | 'size',
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, { facts }] of Object.entries(fields)) {
    if (!hasField(facts, version, isFlexible)) continue
    const field = value[key]
    if (facts.tag !== undefined && isDefault(facts, field)) continue
    if (facts.type === 'records' && records === 'size' && Buffer.isBuffer(field))
      result[`${key}SizeInBytes`] = field.length
    else result[key] = jsonOf(facts.type, field, version, isFlexible, records)
  }
  return result
}

function jsonOf(
  type: Type,
  value: unknown,
  version: number,
  isFlexible: boolean,
  records: 'content' | 'size',
): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (typeof type === 'string' || value === null) return value
  if ('struct' in type) return kafkaJson(type.struct, value as Value, version, isFlexible, records)
  const { array } = type
  return (value as unknown[]).map(element => jsonOf(array, element, version, isFlexible, records))
}

function isDefault(facts: FieldFacts, value: unknown): boolean {
  return isDeepStrictEqual(value, defaultOf(facts))
}

/** JSON with the two int64 that a double holds but JSON.stringify does not write exactly. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('-9223372036854776000', '-9223372036854775808')
    .replaceAll('9223372036854776000', '9223372036854775807')
}
