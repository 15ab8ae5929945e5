/** What the older tools have in common: help, version, and how a mistake on the command line is told. */
import type { Terminal } from '../terminal.ts'
import { versions } from '../versions.ts'
import { parseJopt, UsageError, type OptionRows, type ParsedOptions } from './jopt.ts'
import { usage } from './usage.ts'

/** How a tool introduces itself. */
export interface JoptTool<Rows extends OptionRows> {
  readonly rows: Rows
  /** The line over the usage table, for `--help`. */
  readonly purpose: string
  /** The same without any words; `purpose` if left out. */
  readonly purposeWithoutWords?: string
  /** Whether an unknown option is followed by the usage table. */
  readonly isUsageShownForUnknownOption: boolean
}

/** Parses `words` and calls `main`, unless help or the version is asked for. The result is the exit code. */
export async function runJopt<const Rows extends OptionRows>(
  tool: JoptTool<Rows>,
  words: readonly string[],
  terminal: Terminal,
  main: (options: ParsedOptions<Rows>) => Promise<number>,
): Promise<number> {
  const showUsage = (message: string): number => {
    const [first = '', ...hints] = message.split('\n')
    terminal.err(first)
    terminal.err(usage(tool.rows))
    for (const hint of hints) terminal.err(hint)
    return 1
  }
  if (words.length === 0) return showUsage(tool.purposeWithoutWords ?? tool.purpose)
  let isParsed = false
  try {
    const options = parseJopt(tool.rows, words)
    isParsed = true
    if (options.has('help')) return showUsage(tool.purpose)
    if (options.has('version')) {
      terminal.out(versions.kafka)
      return 0
    }
    if (options.strays.length > 0)
      terminal.err(`Passed over, as no option takes them: ${options.strays.join(' ')}`)
    return await main(options)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    if (error.showUsage && (isParsed || tool.isUsageShownForUnknownOption))
      return showUsage(error.message)
    terminal.err(error.message)
    return 1
  }
}
