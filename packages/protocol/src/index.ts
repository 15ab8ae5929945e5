export {
  compress,
  compressionById,
  compressionId,
  decompress,
  decompressBriefly,
  type Compression,
} from './compression/compression.ts'
export { decompressSlowly, type Rest } from './compression/slowly.ts'
export { DecompressedTooLargeError } from './compression/too-large.ts'
export * as batch from './records/batch.ts'
export { BatchBuilder, type BatchOptions } from './records/batch-builder.ts'
export {
  readBatches,
  readRecords,
  recompressBatch,
  recompressBatchSlowly,
  recordBytes,
  type BatchView,
} from './records/batch-reader.ts'
export {
  decodeControlKey,
  decodeTransactionMarker,
  encodeControlKey,
  encodeTransactionMarker,
  type ControlRecordType,
} from './records/control-record.ts'
export { RecordCursor } from './records/record-cursor.ts'
export type { RecordHeader, RecordInput, StoredRecord } from './records/record.ts'
export {
  validateBatch,
  validateHeader,
  validateManyRecords,
  type BatchLimits,
  type BatchProblem,
  type RecordProblem,
} from './records/validate-batch.ts'
export { apiByKey, type ApiListener, type ApiRow, Apis } from './apis.ts'
export {
  ErrorCode,
  errorMessage,
  type ErrorName,
  errorName,
  isRetriable,
  KafkaError,
} from './errors.ts'
export {
  encodeRequest,
  encodeResponse,
  encodeResponseInSteps,
  readRequestHeader,
  requestHeaderVersion,
  responseHeaderVersion,
  type RequestHeaderFields,
} from './header.ts'
export * from './messages/index.ts'
export {
  type AnyMessage,
  type Fields,
  Message,
  type MessageInput,
  type MessageOf,
  StoredMessage,
  type StructInput,
  type StructOf,
  type UnknownTag,
} from './schema.ts'
export {
  coordinatorRecordType,
  decodeCoordinatorKey,
  decodeCoordinatorValue,
  encodeCoordinatorKey,
  encodeCoordinatorValue,
  encodeMetadataRecord,
  readMetadataFrame,
} from './stored-records.ts'
export * from './stored/index.ts'
export type { TopicPartition } from './types.ts'
