/**
 * Kinds of configuration option. A package declares its keys as rows (`'num.partitions': int({ default: 1, min: 1, … })`);
 * from a row come the typed read, parsing, Kafka's messages, DescribeConfigs and the reference page.
 */

/** Kafka's types of configuration values, as DescribeConfigs reports them. */
export type ConfigType =
  | 'BOOLEAN'
  | 'STRING'
  | 'INT'
  | 'SHORT'
  | 'LONG'
  | 'DOUBLE'
  | 'LIST'
  | 'CLASS'
  | 'PASSWORD'

/** When a change takes effect: never without a restart, for one broker, or for all at once. */
type DynamicMode = 'read-only' | 'per-broker' | 'cluster-wide'

type Importance = 'HIGH' | 'MEDIUM' | 'LOW'

/** Another key that gives this one its value, in another unit perhaps. The first one that is set wins. */
export interface Synonym {
  readonly name: string
  readonly convert?: 'hours-to-ms' | 'minutes-to-ms' | 'seconds-to-ms'
}

/**
 * What every row may say. `unused` names the reason why a known key has no effect yet; `isOwn` marks a key that Kafka does
 * not have.
 */
interface CommonRow {
  readonly doc: string
  readonly importance?: Importance
  readonly dynamic?: DynamicMode
  readonly synonyms?: readonly Synonym[]
  readonly unused?: string
  readonly isOwn?: true
}

/** An option: how its text becomes a value, and all that is told about it. */
export interface Option<T> {
  readonly type: ConfigType
  readonly default: T
  /** No default: must be given. */
  readonly isRequired: boolean
  readonly doc: string
  readonly importance: Importance
  readonly dynamic: DynamicMode
  readonly synonyms: readonly Synonym[]
  readonly unused: string | undefined
  /** Kafka does not have it. */
  readonly isOwn: boolean
  /** The values allowed, in words: `[1,...]`, `[a, b]`; empty where all are. */
  readonly validValues: string
  /** @throws ConfigError in Kafka's words */
  parse(name: string, text: string): T
  /** The value as text; null for null. */
  format(value: T): string | null
}

/** Rows by key. */
export type OptionRows = Readonly<Record<string, Option<unknown>>>

/** The values of rows: `config['num.partitions']` is a number, and a mistyped key does not compile. */
export type ValuesOf<Rows> = {
  readonly [Key in keyof Rows]: Rows[Key] extends Option<infer T> ? T : never
}

/** A value that a key does not take. `message` is Kafka's. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly key: string

  constructor(key: string, value: string | null, detail: string) {
    super(`Invalid value ${value} for configuration ${key}${detail === '' ? '' : `: ${detail}`}`)
    this.key = key
  }
}

interface NumberRow<D> extends CommonRow {
  readonly default?: D
  readonly min?: number
  readonly max?: number
}

interface TextRow<D> extends CommonRow {
  readonly default?: D
  readonly oneOf?: readonly string[]
}

const limits = { SHORT: 2 ** 15, INT: 2 ** 31, LONG: 2 ** 63, DOUBLE: Infinity } as const

function number<D extends number | null>(
  type: keyof typeof limits,
  row: NumberRow<D>,
): Option<number | (null extends D ? null : never)> {
  const limit = limits[type]
  return option<number | null>(type, row, {
    validValues: rangeText(row.min, row.max),
    parse(name, text) {
      const trimmed = text.trim()
      const pattern = type === 'DOUBLE' ? /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/ : /^[-+]?\d+$/
      const value = Number(trimmed)
      const isLongMax = type === 'LONG' && trimmed === '9223372036854775807'
      if (!pattern.test(trimmed) || (value >= limit && !isLongMax) || value < -limit)
        throw new ConfigError(name, text, `Not a number of type ${type}`)
      if (row.min !== undefined && value < row.min)
        throw new ConfigError(name, trimmed, `Value must be at least ${row.min}`)
      if (row.max !== undefined && value > row.max)
        throw new ConfigError(name, trimmed, `Value must be no more than ${row.max}`)
      return value
    },
    format: numberText,
  }) as Option<number | (null extends D ? null : never)>
}

/** Long.MAX_VALUE, which Kafka uses for "no limit", is 2^63 here as everywhere in Moldau. */
function numberText(value: number | null): string | null {
  if (value === null) return null
  return value === 2 ** 63 ? '9223372036854775807' : String(value)
}

function rangeText(min: number | undefined, max: number | undefined): string {
  if (min === undefined && max === undefined) return ''
  return `[${min ?? '...'},...${max === undefined ? '' : `,${max}`}]`
}

/** A whole number of 16 bits. */
export const short = <const D extends number | null = number>(
  row: NumberRow<D>,
): Option<number | (null extends D ? null : never)> => number('SHORT', row)
/** A whole number of 32 bits. */
export const int = <const D extends number | null = number>(
  row: NumberRow<D>,
): Option<number | (null extends D ? null : never)> => number('INT', row)
/** A whole number of 64 bits. Beyond 2^53 it is rounded, which no limit minds; Long.MAX_VALUE is 2^63. */
export const long = <const D extends number | null = number>(
  row: NumberRow<D>,
): Option<number | (null extends D ? null : never)> => number('LONG', row)
/** A number with fractions. */
export const double = <const D extends number | null = number>(
  row: NumberRow<D>,
): Option<number | (null extends D ? null : never)> => number('DOUBLE', row)

/** `true` or `false`. */
export function boolean(row: CommonRow & { readonly default: boolean }): Option<boolean> {
  return option('BOOLEAN', row, {
    validValues: '',
    parse(name, text) {
      const lower = text.trim().toLowerCase()
      if (lower !== 'true' && lower !== 'false')
        throw new ConfigError(name, text, 'Expected value to be either true or false')
      return lower === 'true'
    },
    format: value => String(value),
  })
}

function text<D extends string | null>(
  type: 'STRING' | 'CLASS' | 'PASSWORD',
  row: TextRow<D>,
): Option<string | (null extends D ? null : never)> {
  return option<string | null>(type, row, {
    validValues: row.oneOf === undefined ? '' : `[${row.oneOf.join(', ')}]`,
    parse(name, given) {
      const value = type === 'PASSWORD' ? given : given.trim()
      if (row.oneOf !== undefined && !row.oneOf.includes(value))
        throw new ConfigError(name, value, `String must be one of: ${row.oneOf.join(', ')}`)
      return value
    },
    format: value => value,
  }) as Option<string | (null extends D ? null : never)>
}

/** Text. */
export const string = <const D extends string | null = string>(
  row: TextRow<D>,
): Option<string | (null extends D ? null : never)> => text('STRING', row)
/** The name of a class: kept, and told, never loaded. */
export const klass = <const D extends string | null = string>(
  row: TextRow<D>,
): Option<string | (null extends D ? null : never)> => text('CLASS', row)
/** A secret: never told. */
export const password = <const D extends string | null = string>(
  row: TextRow<D>,
): Option<string | (null extends D ? null : never)> => text('PASSWORD', row)

/** Words separated by commas. */
export function list<const D extends readonly string[] | null = readonly string[]>(
  row: CommonRow & { readonly default?: D; readonly oneOf?: readonly string[] },
): Option<readonly string[] | (null extends D ? null : never)> {
  return option<readonly string[] | null>('LIST', row, {
    validValues: row.oneOf === undefined ? '' : `[${row.oneOf.join(', ')}]`,
    parse(name, given) {
      const words = given.trim() === '' ? [] : given.split(',').map(word => word.trim())
      for (const word of words)
        if (row.oneOf !== undefined && !row.oneOf.includes(word))
          throw new ConfigError(name, word, `String must be one of: ${row.oneOf.join(', ')}`)
      return words
    },
    format: value => (value === null ? null : value.join(',')),
  }) as Option<readonly string[] | (null extends D ? null : never)>
}

function option<T>(
  type: ConfigType,
  row: CommonRow & { readonly default?: unknown },
  kind: Pick<Option<T>, 'parse' | 'format' | 'validValues'>,
): Option<T> {
  return {
    type,
    // A required key has no default; whoever reads it has parsed a file that gives it.
    default: (row.default ?? null) as T,
    isRequired: row.default === undefined,
    doc: row.isOwn ? `${row.doc} A config of Moldau.` : row.doc,
    importance: row.importance ?? 'MEDIUM',
    dynamic: row.dynamic ?? 'read-only',
    synonyms: row.synonyms ?? [],
    unused: row.unused,
    isOwn: row.isOwn ?? false,
    ...kind,
  }
}

/** The defaults of rows. */
export function defaultsOf<const Rows extends OptionRows>(rows: Rows): ValuesOf<Rows> {
  const values: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(rows)) values[name] = row.default
  return values as ValuesOf<Rows>
}
