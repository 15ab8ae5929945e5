export { assert, /** @public */ AssertionError } from './assert.ts'
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
  int,
  klass,
  list,
  long,
  type Option,
  password,
  short,
  string,
  type Synonym,
  type ValuesOf,
} from './config/option.ts'
export { type ConfigProblem, convertSynonym, parseOptions } from './config/parse.ts'
export { parseProperties } from './config/properties-file.ts'
export { LONG_MAX, LONG_MIN } from './bytes/int64.ts'
export { DecodeError, Reader } from './bytes/reader.ts'
export { releaseMemory } from './bytes/release-memory.ts'
export { randomUuid, uuidFromBytes, uuidToBytes, ZERO_UUID } from './bytes/uuid.ts'
export { unsignedVarintSize } from './bytes/varint.ts'
export { Writer } from './bytes/writer.ts'
export { MinHeap } from './collections/min-heap.ts'
export { atOnce, type Steps } from './steps.ts'
export { seededRandom } from './seeded-random.ts'
export { counter, gauge, /** @public */ histogram } from './metrics/metric.ts'
export { MetricRegistry } from './metrics/registry.ts'
