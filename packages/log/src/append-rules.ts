/**
 * What appends read of the topic config, worked out once per config: 10,000 partitions with the defaults share one.
 */
import type { Compression } from '@moldau/protocol'
import type { LogConfig } from './config.ts'
import type { AppendRules } from './core/append-plan.ts'

const known = new WeakMap<LogConfig, AppendRules>()

/** The rules of a config. */
export function appendRulesOf(config: LogConfig): AppendRules {
  let rules = known.get(config)
  if (rules === undefined) known.set(config, (rules = derive(config)))
  return rules
}

function derive(config: LogConfig): AppendRules {
  const compression = compressionOf(config['compression.type'])
  return {
    maxMessageBytes: config['max.message.bytes'],
    segmentBytes: config['segment.bytes'],
    requireKeys: config['cleanup.policy'].includes('compact'),
    isLogAppendTime: config['message.timestamp.type'] === 'LogAppendTime',
    timestampBeforeMaxMs: config['message.timestamp.before.max.ms'],
    timestampAfterMaxMs: config['message.timestamp.after.max.ms'],
    trustProducers: config['record.validation'] === 'header',
    compression,
    compressionLevel: levelOf(config, compression),
  }
}

function compressionOf(type: string): Compression | undefined {
  switch (type) {
    case 'uncompressed':
      return 'none'
    case 'gzip':
    case 'snappy':
    case 'lz4':
    case 'zstd':
      return type
    default:
      return undefined
  }
}

function levelOf(config: LogConfig, compression: Compression | undefined): number | undefined {
  switch (compression) {
    case 'gzip':
      return config['compression.gzip.level']
    case 'lz4':
      return config['compression.lz4.level']
    case 'zstd':
      return config['compression.zstd.level']
    case 'none':
    case 'snappy':
    case undefined:
      return undefined
    default:
      return undefined
  }
}
