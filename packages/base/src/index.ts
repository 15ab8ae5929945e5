export { assert, AssertionError } from './assert.ts'
export type { Clock, Timer, Timers } from './clock.ts'
export { silentLogger, type LogFields, type Logger } from './logger.ts'
export type { Random } from './random.ts'
export { crc32c } from './bytes/crc32c.ts'
export { murmur2 } from './bytes/murmur2.ts'
export { nearest } from './config/nearest.ts'
export {
  boolean,
  ConfigError,
  type ConfigType,
  defaultsOf,
  double,
  type DynamicMode,
  type Importance,
  int,
  klass,
  list,
  long,
  type Option,
  type OptionRows,
  password,
  short,
  string,
  type Synonym,
  type ValuesOf,
} from './config/option.ts'
export { type ConfigProblem, convertSynonym, parseOptions } from './config/parse.ts'
export { parseProperties } from './config/properties-file.ts'
