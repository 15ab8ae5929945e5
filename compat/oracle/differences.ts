/** The differences that stand in `compat/DIFFERENCES.md`: rows of its table, and which field of which pair each explains. */
import { readFileSync } from 'node:fs'
import type { FieldDifference } from './compare.ts'

const ENTRIES_MAX = 25
const COLUMNS = 8

/** One row. Columns but `reason` are patterns with `*`; of `kafka` and `moldau` there may be several, with ` or ` between. */
export interface Entry {
  readonly id: string
  /** APIs, separated by `, `. */
  readonly api: string
  /** `*`, `3`, `3-5` or `12-`. */
  readonly versions: string
  /** Of case names, `file: case`. */
  readonly where: string
  /** Fields, separated by `, `. */
  readonly fields: string
  readonly kafka: string
  readonly moldau: string
  readonly reason: string
}

/** Where a field differs. */
export interface Place {
  readonly api: string
  readonly version: number
  /** `file: case`. */
  readonly where: string
}

/** The rows of the page. @throws when a row is not whole or there are too many */
export function readEntries(file: string): Entry[] {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(line =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(cell =>
          cell
            .trim()
            .replaceAll('`', '')
            .replaceAll(String.raw`\|`, '|'),
        ),
    )
  for (const cells of rows)
    if (cells.length !== COLUMNS || cells.some(cell => cell === ''))
      throw new Error(`${file}: a row has not ${COLUMNS} cells: ${cells.join(' | ')}`)
  if (rows.length > ENTRIES_MAX)
    throw new Error(`${file}: ${rows.length} entries, at most ${ENTRIES_MAX} are allowed`)
  return rows.map(([id, api, versions, where, fields, kafka, moldau, reason]) => ({
    id: id!,
    api: api!,
    versions: versions!,
    where: where!,
    fields: fields!,
    kafka: kafka!,
    moldau: moldau!,
    reason: reason!,
  }))
}

/** The entry that explains a difference. */
export function explanation(
  entries: readonly Entry[],
  place: Place,
  difference: FieldDifference,
): Entry | undefined {
  return entries.find(
    entry =>
      anyMatches(entry.api, place.api) &&
      isVersionIn(entry.versions, place.version) &&
      matches(entry.where, place.where) &&
      anyMatches(entry.fields, difference.field) &&
      anyMatches(entry.kafka, textOf(difference.kafka), ' or ') &&
      anyMatches(entry.moldau, textOf(difference.moldau), ' or '),
  )
}

/** A value as the page writes it. */
export function textOf(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}

function isVersionIn(versions: string, version: number): boolean {
  if (versions === '*') return true
  const [from, to] = versions.split('-')
  return version >= Number(from) && (to === '' || version <= Number(to ?? from))
}

function anyMatches(patterns: string, text: string, separator = ', '): boolean {
  return patterns.split(separator).some(pattern => matches(pattern, text))
}

function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .split('*')
    .map(part => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${expression}$`, 's').test(text)
}
