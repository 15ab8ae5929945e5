/** Compares what both sides answered in a case, step by step and field by field. */
import type { Recording, Step } from './case.ts'

/** One field that differs. */
export interface FieldDifference {
  /** `topics[].partitions[].errorCode`; `(answer)` when one side had none; with ` (order)` when only that differs. */
  readonly field: string
  readonly kafka: unknown
  readonly moldau: unknown
}

/** A compared step. */
export interface Pair {
  readonly label: string
  readonly api: string
  readonly version: number
  readonly index: number
  readonly differences: readonly FieldDifference[]
}

/** What identifies an item of an array, the first that it has. */
const keys = [
  'name',
  'topic',
  'topicName',
  'resourceName',
  'groupId',
  'memberId',
  'apiKey',
  'partitionIndex',
  'partition',
  'index',
  'topicId',
]

/** All steps of a case in pairs; a side that took other steps has differences on `(step)`. */
export function compareCase(kafka: Recording, moldau: Recording): Pair[] {
  const length = Math.max(kafka.steps.length, moldau.steps.length)
  return Array.from({ length }, (_, index) => {
    const [left, right] = [kafka.steps[index], moldau.steps[index]]
    const step = (right ?? left)!
    return {
      label: step.label,
      api: step.api ?? 'observed',
      version: step.version ?? 0,
      index,
      differences: differencesOf(left, right),
    }
  })
}

function differencesOf(left: Step | undefined, right: Step | undefined): FieldDifference[] {
  if (left?.label !== right?.label)
    return [{ field: '(step)', kafka: left?.label, moldau: right?.label }]
  const found: FieldDifference[] = []
  compareValues(plain(left?.answer), plain(right?.answer), '', found)
  return found
}

/** As it is after being stored. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function compareValues(
  kafka: unknown,
  moldau: unknown,
  field: string,
  found: FieldDifference[],
): void {
  if (Object.is(kafka, moldau)) return
  if (Array.isArray(kafka) && Array.isArray(moldau)) {
    compareArrays(kafka, moldau, field, found)
    return
  }
  if (isObject(kafka) && isObject(moldau)) {
    for (const key of new Set([...Object.keys(kafka), ...Object.keys(moldau)]))
      compareValues(kafka[key], moldau[key], field === '' ? key : `${field}.${key}`, found)
    return
  }
  found.push({ field: field === '' ? '(answer)' : field, kafka, moldau })
}

function compareArrays(
  kafka: readonly unknown[],
  moldau: readonly unknown[],
  field: string,
  found: FieldDifference[],
): void {
  const item = `${field}[]`
  const [left, right] = [byKey(kafka), byKey(moldau)]
  if (left === undefined || right === undefined) {
    for (let i = 0; i < Math.max(kafka.length, moldau.length); i++)
      compareValues(kafka[i], moldau[i], item, found)
    return
  }
  const both = [...left.keys()].filter(key => right.has(key))
  const bothInOrder = [...right.keys()].filter(key => left.has(key))
  for (const [key, value] of left)
    if (!right.has(key)) found.push({ field: item, kafka: value, moldau: undefined })
  for (const [key, value] of right)
    if (!left.has(key)) found.push({ field: item, kafka: undefined, moldau: value })
  if (both.some((key, i) => key !== bothInOrder[i]))
    found.push({ field: `${item} (order)`, kafka: both, moldau: bothInOrder })
  for (const key of both) compareValues(left.get(key), right.get(key), item, found)
}

/** Items by what identifies them; undefined when something does not. */
function byKey(items: readonly unknown[]): Map<string, unknown> | undefined {
  const map = new Map<string, unknown>()
  for (const item of items) {
    let key = isObject(item) ? undefined : JSON.stringify(item)
    if (isObject(item)) {
      const name = keys.find(one => item[one] !== undefined && item[one] !== null)
      key = name === undefined ? undefined : JSON.stringify(item[name])
    }
    if (key === undefined || map.has(key)) return undefined
    map.set(key, item)
  }
  return map
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
