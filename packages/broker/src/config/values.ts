/**
 * Values of settings as text: how Kafka prints them, its numbers for their types, and its words for the few rules that
 * a row cannot say.
 */
import { ConfigError, type ConfigType, type Option } from '@moldau/base'

/** A definition of any type. */
export type AnyOption = Option<unknown>

/** Kafka's numbers for types of values. */
export const configTypes = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const satisfies Record<ConfigType, number>

/** A value as Kafka prints it; null for none. */
export function formatValue(option: AnyOption, value: unknown): string | null {
  return option.type === 'DOUBLE' && typeof value === 'number'
    ? formatDouble(value)
    : option.format(value)
}

/** A text as Kafka prints it back after reading it; the text itself where it cannot be read. */
export function normalText(option: AnyOption, text: string): string {
  try {
    return formatValue(option, option.parse('', text)) ?? text
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return text
  }
}

/** What is wrong with `text` as the value of `name`, in Kafka's words. */
export function valueProblem(name: string, option: AnyOption, text: string): string | undefined {
  try {
    return gzipProblem(name, text) ?? throttleProblem(name, option.parse(name, text))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message
  }
}

function gzipProblem(name: string, text: string): string | undefined {
  if (name !== 'compression.gzip.level' || !/^\s*[-+]?\d+\s*$/.test(text)) return undefined
  const level = Number(text)
  if (level === -1 || (level >= 1 && level <= 9) || Math.abs(level) > 0x7fff_ffff) return undefined
  return `Invalid value ${level} for configuration ${name}: Value must be between 1 and 9 or equal to -1`
}

function throttleProblem(name: string, value: unknown): string | undefined {
  if (!name.endsWith('.replication.throttled.replicas') || !Array.isArray(value)) return undefined
  const isAll = value.length === 1 && value[0] === '*'
  if (isAll || value.every(part => /^\d+:\d+$/.test(String(part)))) return undefined
  return `Invalid value [${value.join(', ')}] for configuration ${name}: ${name} must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...`
}

/** As Java's Double.toString, for the values that settings have. */
function formatDouble(value: number): string {
  const text = String(value)
  if (text.includes('e')) return text.replace('e+', 'E').replace('e', 'E')
  return text.includes('.') ? text : `${text}.0`
}

/** The parts of a list, without blanks around them. */
export function splitList(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map(part => part.trim())
}
