/**
 * The log of a server. On a terminal it is a file in the first data folder and the terminal keeps quiet; elsewhere it is
 * standard output, in the line pattern of Apache Kafka, with the lines that test containers wait for. `LOG_FORMAT=json`
 * gives JSON in both. See docs/decisions/0006-server-log-beside-the-data.md.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { LogFields, Logger } from '@moldau/base'
import type { Broker, ServerProperties } from '@moldau/broker'
import pino from 'pino'
import type { Terminal } from '../terminal.ts'

const FILE = 'server.log'
/** Characters of a value in a line. */
const PRINTED_MAX = 1024
const levelNames: Readonly<Record<number, string>> = {
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
}

/** Where the log goes, and the logger that writes it. */
export class ServerLog {
  readonly logger: Logger
  /** The file; undefined where the log is standard output. */
  readonly path: string | undefined

  private constructor(logger: Logger, filePath: string | undefined) {
    this.logger = logger
    this.path = filePath
  }

  static open(settings: ServerProperties, terminal: Terminal): ServerLog {
    const directories = settings.config['log.dirs'] ?? settings.config['log.dir']
    const isWatched = process.stdout.isTTY || process.env['MOLDAU_BANNER'] === '1'
    const filePath = isWatched ? path.join(directories[0] ?? '.', FILE) : undefined
    const isJson = process.env['LOG_FORMAT'] === 'json'
    const root = pino(
      { level: process.env['LOG_LEVEL'] ?? 'info', base: null },
      {
        write(json: string) {
          const line = isJson ? json.trimEnd() : kafkaLine(json)
          if (filePath === undefined) terminal.out(line)
          else append(filePath, line)
        },
      },
    )
    return new ServerLog(bind(root), filePath)
  }

  /** The lines that tools of the ecosystem wait for. */
  started(broker: Broker): void {
    const { nodeId } = broker.services
    this.logger.info(
      `[BrokerLifecycleManager id=${nodeId}] The broker has been unfenced. Transitioning from RECOVERY to RUNNING.`,
    )
    this.logger.info(`[KafkaRaftServer nodeId=${nodeId}] Kafka Server started`)
    this.logger.info(`[KafkaServer id=${nodeId}] started`)
  }

  stopped(broker: Broker): void {
    this.logger.info(`[BrokerServer id=${broker.services.nodeId}] shut down completed`)
  }
}

/** Writes at once: few lines come, and the last ones are those that matter. */
function append(filePath: string, line: string): void {
  try {
    fs.appendFileSync(filePath, `${line}\n`)
  } catch {
    // No folder yet, or no room: the broker says so itself, where a person sees it.
  }
}

function bind(target: pino.Logger): Logger {
  return {
    debug: (event, fields) => target.debug(fields ?? {}, event),
    info: (event, fields) => target.info(fields ?? {}, event),
    warn: (event, fields) => target.warn(fields ?? {}, event),
    error: (event, fields) => target.error(fields ?? {}, event),
    child: (component: string, fields?: LogFields) => bind(target.child({ ...fields, component })),
  }
}

/** A line of pino; other properties are the fields of the event. */
interface PinoLine {
  readonly level: number
  readonly time: number
  readonly msg: string
  readonly component?: string
  readonly [field: string]: unknown
}

/** `[2026-11-21 12:00:00,123] INFO event key=value (component)`, from pino's JSON. */
function kafkaLine(json: string): string {
  const { level, time, msg, component, ...fields } = JSON.parse(json) as PinoLine
  const at = new globalThis.Date(time)
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0')
  const stamp = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())},${pad(at.getMilliseconds(), 3)}`
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${printable(value)}`)
  return `[${stamp}] ${levelNames[level] ?? 'INFO'} ${printable(msg)}${pairs.join('')} (${component ?? 'moldau'})`
}

/** A value without control characters, and not longer than a line should be. */
function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.replace(/\p{Cc}/gu, ' ').slice(0, PRINTED_MAX)
}
