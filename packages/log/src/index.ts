/** Partitions on disk: see README.md. */
export type {
  /** @public */
  AppendedRecords,
  /** @public */
  AppendOptions,
  /** @public */
  AppendOrigin,
  AppendResult,
} from './append.ts'
export { logBrokerOptions, type LogBrokerConfig } from './broker-config.ts'
export { readMetaProperties, writeMetaProperties, type MetaProperties } from './checkpoints.ts'
export { topicOptions, type LogConfig } from './config.ts'
export type {
  /** @public */
  EpochEndOffset,
  /** @public */
  LeaderEpochEntry,
  /** @public */
  LeaderEpochs,
} from './core/leader-epochs.ts'
export type {
  /** @public */
  ProducerState,
  /** @public */
  ProducerStates,
} from './core/producer-states.ts'
export type {
  LogRecords,
  /** @public */
  ReadRange,
} from './log-reader.ts'
export type {
  /** @public */
  FoundOffset,
} from './log-search.ts'
export {
  Logs,
  type DirectoryState,
  /** @public */
  type LogsOptions,
} from './logs.ts'
export {
  openLoneLog,
  type LoneLog,
  /** @public */
  type LoneLogOptions,
} from './lone-log.ts'
export {
  /** @public */
  METADATA_TOPIC,
  /** @public */
  type ExistingPartition,
} from './partition-folders.ts'
export {
  PartitionLog,
  /** @public */
  type ReadProblem,
  type ReadResult,
} from './partition-log.ts'
export type { AbortedTransaction } from './aborted-index.ts'
export type { AppendProblem } from './core/append-plan.ts'
