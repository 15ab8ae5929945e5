/**
 * Seeded values of any message: every scalar near its limits now and then, nulls where a version allows them, and the
 * default in fields that the version does not have, so that a round trip gives back the very same value. The tests here
 * draw from it, and so do the comparison with Java's classes (compat/codecs) and the fuzzer, which choose some values
 * themselves.
 */
import { LONG_MAX, LONG_MIN, ZERO_UUID } from '@moldau/base'
import type { FieldFacts, Fields, Scalar, Type, UnknownTag } from '../src/schema.ts'

/** Fractions from 0 up to 1, repeated by their seed. */
export function fractions(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000
  }
}

/** What a caller may choose instead. */
export interface Choices {
  /** A value of a field; undefined leaves it to chance. */
  readonly scalar?: (type: Scalar, key: string) => unknown
  /** Elements of an array. */
  readonly count?: () => number
  /** Tags that the schema does not know, for a struct of a flexible version. */
  readonly unknownTags?: () => readonly UnknownTag[] | undefined
}

/** A value of `fields` for `version`. */
export function randomValue(
  fields: Fields,
  version: number,
  isFlexible: boolean,
  fraction: () => number,
  choices: Choices = {},
): Record<string, unknown> {
  const randomOf = (type: Type, key: string): unknown => {
    if (typeof type === 'string') return choices.scalar?.(type, key) ?? randomScalar(type, fraction)
    if ('struct' in type) return randomValue(type.struct, version, isFlexible, fraction, choices)
    const count = choices.count?.() ?? Math.floor(fraction() * 4)
    return Array.from({ length: count }, () => randomOf(type.array, key))
  }
  const value: Record<string, unknown> = {}
  for (const [key, { facts }] of Object.entries(fields)) {
    const isPresent = hasField(facts, version, isFlexible)
    const isTaken = facts.tag === undefined || fraction() < 0.5
    if (!isPresent || !isTaken) value[key] = defaultOf(facts)
    else if (isNullable(facts, version) && fraction() < 0.25) value[key] = null
    else value[key] = randomOf(facts.type, key)
  }
  const unknownTags = isFlexible ? choices.unknownTags?.() : undefined
  if (unknownTags !== undefined) value['unknownTags'] = unknownTags
  return value
}

/** Is the field in this version? @public used by compat/codecs */
export function hasField(facts: FieldFacts, version: number, isFlexible: boolean): boolean {
  const isTaggable = facts.tag === undefined || isFlexible
  return version >= facts.since && version <= facts.until && isTaggable
}

/** What a field holds in versions without it. @public used by compat/codecs */
export function defaultOf({ type, defaultValue }: FieldFacts): unknown {
  if (defaultValue !== undefined) return defaultValue
  if (type === 'boolean') return false
  if (type === 'string') return ''
  if (type === 'uuid') return ZERO_UUID
  if (type === 'bytes' || type === 'records') return Buffer.alloc(0)
  if (typeof type === 'string') return 0
  if ('array' in type) return []
  return Object.fromEntries(
    Object.entries(type.struct).map(([key, field]) => [key, defaultOf(field.facts)]),
  )
}

/** May the field be null in this version? */
function isNullable({ nullable }: FieldFacts, version: number): boolean {
  return nullable !== undefined && version >= nullable[0] && version <= nullable[1]
}

const texts = [
  '',
  'orders',
  'Moldau',
  'a-name.of_a.topic',
  'größe',
  '川',
  'vlt\u{1f30a}ava',
  'x'.repeat(130),
  'é'.repeat(70),
]

function randomScalar(type: string, fraction: () => number): unknown {
  switch (type) {
    case 'boolean':
      return fraction() < 0.5
    case 'int8':
      return whole(-0x80, 0x7f, fraction)
    case 'int16':
      return whole(-0x8000, 0x7fff, fraction)
    case 'uint16':
      return whole(0, 0xffff, fraction)
    case 'int32':
      return whole(-0x80000000, 0x7fffffff, fraction)
    case 'uint32':
      return whole(0, 0xffffffff, fraction)
    case 'int64':
      if (fraction() < 0.1) return fraction() < 0.5 ? LONG_MAX : LONG_MIN
      return whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, fraction)
    case 'float64':
      return fraction() * 2e9 - 1e9
    case 'uuid':
      return fraction() < 0.2 ? ZERO_UUID : randomBytes(16, fraction).toString('base64url')
    case 'string':
      return texts[Math.floor(fraction() * texts.length)]
    case 'bytes':
    case 'records':
      return randomBytes(Math.floor(fraction() * 200), fraction)
    default:
      throw new Error(`No random value for ${type}`)
  }
}

function whole(min: number, max: number, fraction: () => number): number {
  const kind = fraction()
  if (kind < 0.1) return min
  if (kind < 0.2) return max
  if (kind < 0.5) return Math.max(min, Math.floor(fraction() * 200) - 100)
  // Adding zero turns -0, which no integer on the wire is, into 0.
  return (
    Math.max(min, Math.min(max, Math.floor(min * fraction()) + Math.floor(max * fraction()))) + 0
  )
}

function randomBytes(length: number, fraction: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(fraction() * 256)))
}
