/** Batches and logs for the tests. */
import assert from 'node:assert/strict'
import { defaultsOf, silentLogger, type Logger } from '@moldau/base'
import { batch, BatchBuilder, readBatches, readRecords, type BatchOptions } from '@moldau/protocol'
import { logBrokerOptions } from '../../src/broker-config.ts'
import { topicOptions } from '../../src/config.ts'
import {
  Logs,
  type AppendedRecords,
  type AppendResult,
  type LogBrokerConfig,
  type LogConfig,
  type PartitionLog,
} from '../../src/index.ts'
import type { World } from '@moldau/io'

/** A world that can run a promise to its end. */
export interface RunWorld extends World {
  run<T>(promise: Promise<T>): Promise<T>
}

export const TOPIC_ID = 'OUMlaNGFRfKA4X25WJnuFA'
const DIRECTORY = '/data'
export const FOLDER = '/data/orders-0'

export const defaultConfig: LogConfig = defaultsOf(topicOptions)

export function configWith(changes: Partial<LogConfig>): LogConfig {
  return { ...defaultConfig, ...changes }
}

/** A batch with these values. */
export function batchOf(
  values: readonly string[],
  options: BatchOptions & { timestamp?: number; valueBytes?: number; key?: string | null } = {},
): Buffer {
  const builder = new BatchBuilder(options)
  for (const value of values) {
    const bytes = Buffer.alloc(Math.max(options.valueBytes ?? 0, value.length), ' ')
    bytes.write(value)
    const key = options.key === undefined ? null : options.key
    builder.append({
      timestamp: options.timestamp ?? 1_700_000_000_000,
      key: key === null ? null : Buffer.from(key),
      value: bytes,
    })
  }
  return Buffer.from(builder.build())
}

export function openLogs(
  world: RunWorld,
  options: {
    directories?: string[]
    brokerConfig?: Partial<LogBrokerConfig>
    logger?: Logger
  } = {},
): Promise<Logs> {
  return world.run(
    Logs.open({
      world,
      directories: options.directories ?? [DIRECTORY],
      defaults: defaultConfig,
      brokerConfig: { ...defaultsOf(logBrokerOptions), ...options.brokerConfig },
      logger: options.logger ?? silentLogger,
    }),
  )
}

/** Logs with the one partition `orders-0`. */
export async function openLog(
  world: RunWorld,
  changes: Partial<LogConfig> = {},
): Promise<{ logs: Logs; log: PartitionLog }> {
  const logs = await openLogs(world)
  return { logs, log: logs.create('orders', 0, TOPIC_ID, configWith(changes)) }
}

/** Appends as a client would; fails the test on an error. */
export function append(log: PartitionLog, records: Buffer, leaderEpoch = 0): AppendedRecords {
  return appended(log.append(records, { origin: 'client', leaderEpoch }))
}

export function appended(result: AppendResult): AppendedRecords {
  assert.equal(result.error, undefined, JSON.stringify(result))
  return result as AppendedRecords
}

/** Everything readable from `offset` on, as trimmed values with their offsets. */
export async function readValues(
  world: RunWorld,
  log: PartitionLog,
  from = log.logStartOffset,
  upTo = Infinity,
): Promise<string[]> {
  const values: string[] = []
  let offset = from
  for (;;) {
    const result = await world.run(
      Promise.resolve(log.read(offset, { upTo, maxBytes: 1 << 20, minOneBatch: true })),
    )
    if ('error' in result) throw new Error(result.error)
    if (result.sizeInBytes === 0) return values
    for (const part of result.parts)
      for (const { at } of readBatches(part)) {
        for (const record of readRecords(part, at))
          if (record.offset >= offset)
            values.push(`${record.offset}=${record.value?.toString().trim() ?? 'null'}`)
        offset = batch.lastOffset(part, at) + 1
      }
    result.release()
  }
}
