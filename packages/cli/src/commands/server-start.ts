/**
 * `moldau server start [server.properties] [--override key=value]…`: runs a node in this process until it is told to stop.
 * The first Ctrl-C or SIGTERM stops it cleanly, a second one at once.
 */
import { parseProperties } from '@moldau/base'
import type { Broker, ServerProperties } from '@moldau/broker'
import { UsageError } from '../options/jopt.ts'
import { banner } from '../server/banner.ts'
import { ServerLog } from '../server/server-log.ts'
import { explainFailure } from '../server/start-failure.ts'
import type { Terminal } from '../terminal.ts'

/** Exit code of a process that was ended by SIGINT twice, by the shell's rule. */
const INTERRUPTED_EXIT = 130

/** Runs the node. Resolves with the exit code when it has stopped. */
export async function serverStart(words: readonly string[], terminal: Terminal): Promise<number> {
  let properties: Map<string, string>
  try {
    properties = readProperties(words, terminal)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    terminal.err(`✖ ${error.message}`)
    return 1
  }
  const { parseServerProperties } = await import('@moldau/broker')
  const settings = parseServerProperties(properties)
  if (settings.problems.length > 0) {
    for (const { message } of settings.problems) terminal.err(`✖ ${message}`)
    return 1
  }
  return runBroker(settings, terminal)
}

async function runBroker(settings: ServerProperties, terminal: Terminal): Promise<number> {
  const [{ Broker }, { nodeWorld }] = await Promise.all([
    import('@moldau/broker'),
    import('@moldau/io'),
  ])
  const stopped = Promise.withResolvers<number>()
  let broker: Broker | undefined
  let isStopping = false
  const stop = (exitCode: number): void => {
    if (isStopping) return
    isStopping = true
    if (broker === undefined) stopped.resolve(exitCode)
    else
      broker.stop().then(
        () => stopped.resolve(exitCode),
        (error: unknown) => stopped.reject(error as Error),
      )
  }
  terminal.onInterrupt(count => {
    if (count > 1) process.exit(INTERRUPTED_EXIT)
    if (log.path !== undefined) terminal.err('\nStopping (once more: at once)…')
    stop(0)
  })
  const log = ServerLog.open(settings, terminal)
  try {
    broker = await Broker.start({
      world: nodeWorld(),
      settings,
      logger: log.logger,
      onFault(error) {
        if (!isStopping) terminal.err(`✖ The broker stops: ${error.message}`)
        stop(1)
      },
    })
  } catch (error) {
    // Elsewhere than on a terminal the sentence below is enough: it goes where the log goes.
    if (log.path !== undefined) log.logger.error('broker did not start', { error: String(error) })
    terminal.err(`✖ ${explainFailure(error as NodeJS.ErrnoException, settings)}`)
    return 1
  }
  for (const warning of settings.warnings) {
    log.logger.warn(warning)
    if (log.path !== undefined) terminal.err(`! ${warning}`)
  }
  if (log.path !== undefined)
    for (const line of banner(broker, settings, log.path)) terminal.out(line)
  else log.started(broker)
  // A signal that came while the broker was starting.
  if (isStopping) await broker.stop()
  const exitCode = await stopped.promise
  log.stopped(broker)
  return exitCode
}

/** The pairs of the file, if one is named, and the overrides over them. @throws UsageError */
function readProperties(words: readonly string[], terminal: Terminal): Map<string, string> {
  const properties = new Map<string, string>()
  const overrides: [string, string][] = []
  let file: string | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--override') overrides.push(readPair(words[++i]))
    else if (word.startsWith('--override='))
      overrides.push(readPair(word.slice('--override='.length)))
    else if (word.startsWith('-'))
      throw new UsageError(
        `Unknown option ${word}: there are [server.properties] and --override key=value`,
      )
    else if (file === undefined) file = word
    else
      throw new UsageError(`Only one properties file can be given, there are ${file} and ${word}`)
  }
  if (file !== undefined) {
    try {
      for (const [key, value] of parseProperties(terminal.readFile(file)))
        properties.set(key, value)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      throw new UsageError(
        `Cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`,
      )
    }
  }
  for (const [key, value] of overrides) properties.set(key, value)
  return properties
}

function readPair(text: string | undefined): [string, string] {
  const match = /^([^=]+)=(.*)$/s.exec(text ?? '')
  if (match === null) throw new UsageError(`--override takes key=value, not '${text ?? ''}'`)
  return [(match[1] ?? '').trim(), match[2] ?? '']
}
