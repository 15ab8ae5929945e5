/** `kafka-server-start.sh [-daemon] server.properties [--override key=value]*`, with Kafka's own arguments. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Terminal } from '../terminal.ts'
import { versions } from '../versions.ts'
import { serverStart } from './server-start.ts'

const USAGE =
  'USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*'
/** How long a daemon may take to say that it runs. */
const START_SECONDS_MAX = 60
/** The line of the log that says so. */
const STARTED = 'Kafka Server started'

/** Runs the tool. */
export async function kafkaServerStart(
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [first] = words
  if (first === undefined || first === '--help') {
    terminal.out(USAGE)
    return first === undefined ? 1 : 0
  }
  if (first === '--version' || first === '-version') {
    terminal.out(versions.kafka)
    return 0
  }
  return first === '-daemon' ? daemon(words.slice(1), terminal) : serverStart(words, terminal)
}

/** Starts the server in the background, its log in `$LOG_DIR/kafkaServer.out` as Kafka's; returns when it runs or has failed. */
async function daemon(words: readonly string[], terminal: Terminal): Promise<number> {
  const directory = path.resolve(process.env['LOG_DIR'] ?? 'logs')
  const logPath = path.join(directory, 'kafkaServer.out')
  mkdirSync(directory, { recursive: true })
  const output = openSync(logPath, 'w')
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'server', 'start', ...words], {
    detached: true,
    stdio: ['ignore', output, output],
  })
  if (await hasStarted(child, logPath)) {
    child.unref()
    terminal.out(`Started in the background as process ${child.pid}; its log is ${logPath}`)
    return 0
  }
  terminal.err(readFileSync(logPath, 'utf8').trimEnd())
  return 1
}

async function hasStarted(child: ChildProcess, logPath: string): Promise<boolean> {
  const { setTimeout: pause } = await import('node:timers/promises')
  for (let i = 0; i < START_SECONDS_MAX * 20; i++) {
    if (child.exitCode !== null || child.signalCode !== null) return false
    if (readFileSync(logPath, 'utf8').includes(STARTED)) return true
    await pause(50)
  }
  return false
}
