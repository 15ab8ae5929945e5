/**
 * From what was typed to an exit code: `moldau server start …` and the tools of `tools.ts`, under their own names
 * (`kafka-topics`) or as words of `moldau`.
 */
import { processTerminal } from './process-terminal.ts'
import type { Terminal } from './terminal.ts'
import { tools } from './tools.ts'
import { versions } from './versions.ts'

/** Runs what `words` ask for; resolves with the exit code. @public */
export async function run(
  words: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  const [name = '', ...rest] = words
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (tool !== undefined) return (await tool())(rest, terminal)
  if (name === 'help' && rest.length === 1 && Object.hasOwn(tools, rest[0] ?? ''))
    return run([...rest, '--help'], terminal)
  if (name === 'server' && rest[0] === 'start' && !rest.some(isHelp)) {
    const { serverStart } = await import('./commands/server-start.ts')
    return serverStart(rest.slice(1), terminal)
  }
  return moldau(words, terminal)
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

/** Help, version, and words that are no command. */
async function moldau(words: readonly string[], terminal: Terminal): Promise<number> {
  const { Command, CommanderError } = await import('commander')
  const program = new Command('moldau')
    .description(`Apache Kafka ${versions.kafka} in TypeScript`)
    .version(versions.moldau)
    .exitOverride()
    .showHelpAfterError('`moldau --help` lists the commands.')
    .configureOutput({
      writeOut: text => terminal.out(text.trimEnd()),
      writeErr: text => terminal.err(text.trimEnd()),
    })
  program
    .command('server')
    .description('runs a broker in this process')
    .command('start [server.properties]')
    .description(
      'starts a node: broker and controller, data in ./moldau-data unless log.dirs says otherwise',
    )
    .option('--override <key=value>', "sets a property over the file's, repeatable")
  for (const name of Object.keys(tools))
    program.command(name).description(`Kafka's ${name}.sh`).allowUnknownOption()
  if (words.length === 0) {
    program.outputHelp()
    return 0
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    throw error
  }
}
