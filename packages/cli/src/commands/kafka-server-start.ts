/** `kafka-server-start.sh [-daemon] server.properties [--override key=value]*`, with Kafka's own arguments. */
import { spawn } from 'node:child_process'
import type { Terminal } from '../terminal.ts'
import { serverStart } from './server-start.ts'

const usage =
  'USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*'

/** Runs the tool. */
export async function kafkaServerStart(
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (words.length === 0) {
    terminal.out(usage)
    return 1
  }
  if (words[0] === '--version' || words[0] === '-version') {
    terminal.out('4.3.1')
    return 0
  }
  if (words[0] !== '-daemon') return serverStart(words, terminal)
  const entry = process.argv[1] ?? ''
  const child = spawn(process.execPath, [entry, 'server', 'start', ...words.slice(1)], {
    detached: true,
    stdio: 'ignore',
  })
  child.unref()
  terminal.out(
    `Started in the background as process ${child.pid}; stop it with kafka-server-stop.sh`,
  )
  return 0
}
