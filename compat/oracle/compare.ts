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

/** Arrays whose order Kafka takes from a hash table of Java or Scala, by API and field: no client can rely on it. */
const unordered: Readonly<Record<string, readonly string[]>> = {
  ApiVersions: ['supportedFeatures', 'finalizedFeatures'],
  CreatePartitions: ['results'],
  DeleteGroups: ['results'],
  DeleteRecords: ['topics', 'partitions'],
  DeleteTopics: ['responses'],
  DescribeConfigs: ['configs'],
  DescribeGroups: ['groups', 'members'],
  DescribeLogDirs: ['topics', 'partitions'],
  DescribeProducers: ['activeProducers'],
  JoinGroup: ['members'],
  ListConfigResources: ['configResources'],
  ListGroups: ['groups'],
  ListOffsets: ['topics', 'partitions'],
  Metadata: ['topics'],
  OffsetFetch: ['topics', 'partitions'],
  Produce: ['responses', 'partitionResponses'],
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
  const isUnordered = (field: string): boolean =>
    unordered[right?.api ?? '']?.includes(field.replace(/^.*\./, '')) === true
  compareValues({ field: '', isUnordered, found }, plain(left?.answer), plain(right?.answer))
  return found
}

/** As it is after being stored. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** Where a comparison is. */
interface At {
  readonly field: string
  readonly isUnordered: (field: string) => boolean
  readonly found: FieldDifference[]
}

function compareValues(at: At, kafka: unknown, moldau: unknown): void {
  const { field, found } = at
  if (Object.is(kafka, moldau)) return
  if (Array.isArray(kafka) && Array.isArray(moldau)) compareArrays(at, kafka, moldau)
  else if (isObject(kafka) && isObject(moldau)) {
    for (const key of new Set([...Object.keys(kafka), ...Object.keys(moldau)]))
      compareValues(
        { ...at, field: field === '' ? key : `${field}.${key}` },
        kafka[key],
        moldau[key],
      )
  } else found.push({ field: field === '' ? '(answer)' : field, kafka, moldau })
}

function compareArrays(at: At, kafka: readonly unknown[], moldau: readonly unknown[]): void {
  const { field, found } = at
  const isUnordered = at.isUnordered(field)
  const item = `${field}[]`
  const [left, right] = [byKey(kafka), byKey(moldau)]
  if (left === undefined || right === undefined) {
    const [first, second] = isUnordered ? [sorted(kafka), sorted(moldau)] : [kafka, moldau]
    for (let i = 0; i < Math.max(kafka.length, moldau.length); i++)
      compareValues({ ...at, field: item }, first[i], second[i])
    return
  }
  const both = [...left.keys()].filter(key => right.has(key))
  const bothInOrder = [...right.keys()].filter(key => left.has(key))
  for (const [key, value] of left)
    if (!right.has(key)) found.push({ field: item, kafka: value, moldau: undefined })
  for (const [key, value] of right)
    if (!left.has(key)) found.push({ field: item, kafka: undefined, moldau: value })
  if (!isUnordered && both.some((key, i) => key !== bothInOrder[i]))
    found.push({ field: `${item} (order)`, kafka: both, moldau: bothInOrder })
  for (const key of both) compareValues({ ...at, field: item }, left.get(key), right.get(key))
}

function sorted(items: readonly unknown[]): unknown[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
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
