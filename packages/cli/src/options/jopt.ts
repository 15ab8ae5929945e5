/**
 * The option grammar of Kafka's older tools (kafka-topics, kafka-console-*, …): `--opt value` and `--opt=value`,
 * single-dash long names, no abbreviations, options that repeat. A command declares its options as rows; parsing,
 * the usage table and the messages come from them.
 */
import { nearest } from '@moldau/base'

/** One option of a tool. `argument` names the placeholder of the usage table. */
interface OptionRow {
  /** Does a value follow? `optional` takes one only if the next word is not an option. Default: none. */
  readonly value?: 'required' | 'optional'
  /** The placeholder of the value, as Kafka prints it: `String: topic`. */
  readonly argument?: string
  readonly default?: string
  readonly required?: boolean
  readonly doc: string
}

/** The rows of a tool, by option name without dashes. */
export type OptionRows = Readonly<Record<string, OptionRow>>

/** A mistake on the command line: `message` is printed, then the usage table if `showUsage`. The exit code is 1. */
export class UsageError extends Error {
  readonly showUsage: boolean
  constructor(message: string, showUsage = true) {
    super(message)
    this.showUsage = showUsage
  }
}

/** What was given on the command line. */
export class ParsedOptions<Rows extends OptionRows> {
  readonly #rows: Rows
  readonly #given: ReadonlyMap<string, readonly string[]>
  /** Words that belong to no option. Kafka's tools pass over them. */
  readonly strays: readonly string[]

  constructor(
    rows: Rows,
    given: ReadonlyMap<string, readonly string[]>,
    strays: readonly string[],
  ) {
    this.strays = strays
    this.#rows = rows
    this.#given = given
  }

  has(name: keyof Rows & string): boolean {
    return this.#given.has(name)
  }

  /** The value given last, else the default of the row, else undefined. */
  value(name: keyof Rows & string): string | undefined {
    return this.#given.get(name)?.at(-1) ?? this.#rows[name]?.default
  }

  /** All values given, in order. */
  values(name: keyof Rows & string): readonly string[] {
    return this.#given.get(name) ?? []
  }

  /** The value as a whole number. @throws UsageError if it is none */
  integer(name: keyof Rows & string): number | undefined {
    const text = this.value(name)
    if (text === undefined) return undefined
    if (!/^[-+]?\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
      throw new UsageError(`Cannot parse argument '${text}' of option ${name}`, false)
    return Number(text)
  }
}

/** @throws UsageError for an unknown option or a missing value */
export function parseJopt<const Rows extends OptionRows>(
  rows: Rows,
  words: readonly string[],
): ParsedOptions<Rows> {
  const given = new Map<string, string[]>()
  const strays: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word)
    if (match === null) {
      strays.push(word)
      continue
    }
    const [, name = '', attached] = match
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined
    if (row === undefined) throw new UsageError(unknownOption(rows, name))
    const values = given.get(name) ?? []
    given.set(name, values)
    if (row.value === undefined) {
      if (attached !== undefined) throw new UsageError(`Option ${name} takes no value`)
      continue
    }
    const next = words[i + 1]
    if (attached !== undefined) values.push(attached)
    else if (next !== undefined && (row.value === 'required' || !isOption(rows, next))) {
      values.push(next)
      i++
    } else if (row.value === 'required') throw new UsageError(`Option ${name} requires an argument`)
  }
  return new ParsedOptions(rows, given, strays)
}

/** @throws UsageError in Kafka's words if a required option is missing */
export function requireOptions<Rows extends OptionRows>(
  options: ParsedOptions<Rows>,
  ...names: (keyof Rows & string)[]
): void {
  for (const name of names)
    if (!options.has(name)) throw new UsageError(`Missing required argument "[${name}]"`)
}

/** @throws UsageError in Kafka's words if `name` is given together with one of `others` */
export function refuseTogether<Rows extends OptionRows>(
  options: ParsedOptions<Rows>,
  name: keyof Rows & string,
  others: readonly (keyof Rows & string)[],
): void {
  if (!options.has(name)) return
  for (const other of others)
    if (options.has(other))
      throw new UsageError(`Option "[${name}]" can't be used with option "[${other}]"`)
}

function isOption(rows: OptionRows, word: string): boolean {
  return word.startsWith('-') && Object.hasOwn(rows, word.replace(/^--?/, '').replace(/=.*/s, ''))
}

/** The hint is a line of its own: people and scripts know the first one. */
function unknownOption(rows: OptionRows, name: string): string {
  const near = nearest(name, Object.keys(rows))
  return `${name} is not a recognized option${near === undefined ? '' : `\nDid you mean --${near}?`}`
}
