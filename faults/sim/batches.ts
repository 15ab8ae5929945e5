/** The batches that the workload sends. */
import {
  BatchBuilder,
  encodeControlKey,
  encodeTransactionMarker,
  type BatchOptions,
} from '../../packages/protocol/src/index.ts'

/** A batch with these values, padded to `valueBytes`. */
export function batchOf(
  values: readonly string[],
  options: BatchOptions & { readonly timestamp: number; readonly valueBytes: number },
): Buffer {
  const builder = new BatchBuilder(options)
  for (const value of values) {
    const bytes = Buffer.alloc(Math.max(options.valueBytes, value.length), ' ')
    bytes.write(value)
    builder.append({ timestamp: options.timestamp, key: null, value: bytes })
  }
  return Buffer.from(builder.build())
}

/** The marker that ends a transaction. */
export function markerOf(
  producer: { readonly id: number; readonly epoch: number },
  type: 'abort' | 'commit',
  timestamp: number,
): Buffer {
  const builder = new BatchBuilder({
    producerId: producer.id,
    producerEpoch: producer.epoch,
    isTransactional: true,
    isControl: true,
  })
  const value = encodeTransactionMarker({ coordinatorEpoch: 0 })
  builder.append({ timestamp, key: encodeControlKey(type), value })
  return Buffer.from(builder.build())
}
