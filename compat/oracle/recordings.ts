/**
 * What Kafka answered, kept in `recorded/<case file>.json` so that it need not be started: valid while the case file,
 * what it imports here and what records it are unchanged. Parts that occur again are stored once.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Recording, Step } from './case.ts'

const here = import.meta.dirname
/** What decides on how an answer is recorded. */
const framework = [
  'kafka.sh',
  'pom.xml',
  'settings.ts',
  'live-side.ts',
  'live-connection.ts',
  'normalise.ts',
]
/** Parts whose text is shorter stand where they are. */
const SHARED_CHARACTERS_MIN = 60
const sharedPart = '$'

interface Stored {
  readonly digest: string
  readonly parts: readonly unknown[]
  readonly cases: readonly {
    readonly name: string
    /** Label and answer; API and version where the label is not both. */
    readonly steps: readonly (readonly [label: string, answer: unknown])[]
  }[]
}

/** The recordings of a case file, if they are still valid. */
export function loadRecordings(file: string): Recording[] | undefined {
  const stored = readStored(file)
  return stored?.digest === digestOf(file) ? restored(stored) : undefined
}

/** The recordings of a case file, valid or not. */
export function lastRecordings(file: string): Recording[] | undefined {
  const stored = readStored(file)
  return stored && restored(stored)
}

/** Keeps what Kafka answered. */
export function saveRecordings(file: string, recordings: readonly Recording[]): void {
  const parts: unknown[] = []
  const known = new Map<string, number>()
  const shared = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const inner = Array.isArray(value)
      ? value.map(shared)
      : Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shared(field)]))
    const text = JSON.stringify(inner)
    if (text.length < SHARED_CHARACTERS_MIN) return inner
    const index = known.get(text) ?? parts.push(inner) - 1
    known.set(text, index)
    return { [sharedPart]: index }
  }
  const cases = recordings.map(({ name, steps }) => ({
    name,
    steps: steps.map(({ label, answer }) => [label, shared(answer)]),
  }))
  const lines = (rows: readonly unknown[]): string =>
    rows.map(row => JSON.stringify(row)).join(',\n')
  writeFileSync(
    pathOf(file),
    `{"digest":"${digestOf(file)}","parts":[\n${lines(parts)}\n],"cases":[\n${lines(cases)}\n]}\n`,
  )
}

function readStored(file: string): Stored | undefined {
  if (!existsSync(pathOf(file))) return undefined
  return JSON.parse(readFileSync(pathOf(file), 'utf8')) as Stored
}

function restored(stored: Stored): Recording[] {
  const parts: unknown[] = []
  const restore = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(restore)
    if (sharedPart in value) return parts[Number(value[sharedPart])]
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, restore(field)]))
  }
  // A part refers to earlier ones only.
  for (const part of stored.parts) parts.push(restore(part))
  return stored.cases.map(({ name, steps }) => ({
    name,
    steps: steps.map(([label, answer]): Step => {
      const found = /^([A-Z][A-Za-z]+) v(\d+)$/.exec(label)
      return {
        label,
        ...(found !== null && { api: found[1]!, version: Number(found[2]) }),
        answer: restore(answer),
      }
    }),
  }))
}

function pathOf(file: string): string {
  return path.join(here, 'recorded', `${file}.json`)
}

/** Of the text without its layout, so that a formatter changes nothing. */
function digestOf(file: string): string {
  const hash = createHash('sha1')
  const seen = new Set<string>()
  const add = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    const text = readFileSync(name, 'utf8')
    hash.update(text.replaceAll(/\s+/g, ' '))
    for (const [, imported] of text.matchAll(/from '(\.[^']+)'/g)) {
      const target = path.resolve(path.dirname(name), imported!)
      if (path.dirname(target).startsWith(here) && path.basename(target) !== 'case.ts') add(target)
    }
  }
  for (const name of framework) add(path.join(here, name))
  add(path.join(here, 'cases', `${file}.ts`))
  return hash.digest('hex').slice(0, 16)
}
