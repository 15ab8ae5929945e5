/** From text to values, by the rows of the keys. */
import { ConfigError, type Option, type OptionRows, type Synonym, type ValuesOf } from './option.ts'

/** A value that was refused. */
export interface ConfigProblem {
  readonly key: string
  readonly message: string
}

const factors = {
  'hours-to-ms': 3_600_000,
  'minutes-to-ms': 60_000,
  'seconds-to-ms': 1000,
} as const

/** The values that `text` gives the keys of `rows`, by their own names or their synonyms, else the defaults. Keys that no row knows are left alone. */
export function parseOptions<const Rows extends OptionRows>(
  rows: Rows,
  text: ReadonlyMap<string, string>,
): { readonly values: ValuesOf<Rows>; readonly problems: readonly ConfigProblem[] } {
  const values: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  for (const [name, row] of Object.entries(rows)) {
    if (row.isRequired && !isGiven(name, row, text)) {
      const message = `Missing required configuration "${name}" which has no default value.`
      problems.push({ key: name, message })
    }
    try {
      values[name] = valueOf(name, row, text)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push({ key: error.key, message: error.message })
      values[name] = row.default
    }
  }
  return { values: values as ValuesOf<Rows>, problems }
}

function isGiven(name: string, row: Option<unknown>, text: ReadonlyMap<string, string>): boolean {
  return text.has(name) || row.synonyms.some(synonym => text.has(synonym.name))
}

function valueOf(name: string, row: Option<unknown>, text: ReadonlyMap<string, string>): unknown {
  const own = text.get(name)
  if (own !== undefined) return row.parse(name, own)
  for (const synonym of row.synonyms) {
    const given = text.get(synonym.name)
    if (given !== undefined) return row.parse(synonym.name, convertSynonym(synonym, given))
  }
  return row.default
}

/** The text of a synonym in the unit of the key that it stands for. -1 stays -1: no limit. */
export function convertSynonym(synonym: Synonym, text: string): string {
  if (synonym.convert === undefined || !/^\s*\d+\s*$/.test(text)) return text
  return String(Number(text) * factors[synonym.convert])
}
