/** A broker in a simulated world, and a shell in which Kafka's tools run against it. */
import { silentLogger } from '@moldau/base'
import { Broker, parseServerProperties } from '@moldau/broker'
import { simulatedWorld } from '@moldau/io'
import { tools } from '../../src/tools.ts'
import type { Terminal } from '../../src/terminal.ts'
import type { World } from '@moldau/io'
import { FakeTerminal } from './fake-terminal.ts'

const server = 'host-1:9092'

/** A tool as the commands export it: with a world of its own. */
type WorldlyTool = (words: readonly string[], terminal: Terminal, world: World) => Promise<number>

export interface Shell {
  /** Runs a tool and gives its transcript: standard output, `[stderr]` lines, `[exit N]`. */
  run(command: string, options?: ConstructorParameters<typeof FakeTerminal>[0]): Promise<string>
  /** Starts a tool; `finish` lets time go by until it ends. */
  start(
    command: string,
    terminal: FakeTerminal,
  ): Promise<{ finish(): Promise<string>; advance(ms: number): Promise<void> }>
  stop(): Promise<void>
}

/** A broker on host-1:9092; `seed` decides on delays and ids. */
export async function shellWithBroker(seed: number): Promise<Shell> {
  const world = simulatedWorld(seed, { startAt: 1_700_000_000_000 })
  const properties = new Map([
    ['node.id', '1'],
    ['process.roles', 'broker,controller'],
    ['listeners', `PLAINTEXT://${server}`],
    ['log.dirs', '/data'],
    ['offsets.topic.replication.factor', '1'],
    ['group.initial.rebalance.delay.ms', '0'],
  ])
  const settings = parseServerProperties(properties)
  const broker = await world.run(Broker.start({ world, settings, logger: silentLogger }))
  let count = 0

  const start: Shell['start'] = async (command, terminal) => {
    const [name = '', ...words] = wordsOf(command)
    const tool = (await tools[name]?.()) as WorldlyTool
    const running = tool(words, terminal, world.peer(`client-${++count}`))
    return {
      advance: ms => world.advance(ms),
      async finish() {
        const exitCode = await world.run(running)
        const stderr = terminal.stderr.replace(/^/gm, '[stderr] ').replace(/\[stderr\] $/, '')
        return `${terminal.stdout}${stderr}[exit ${exitCode}]`
      },
    }
  }
  return {
    start,
    run: async (command, options) => (await start(command, new FakeTerminal(options))).finish(),
    stop: () => world.run(broker.stop()),
  }
}

/** Words between blanks; 'single quotes' hold words together. `SERVER` stands for the option that names the broker. */
function wordsOf(command: string): string[] {
  return command
    .trim()
    .replace('SERVER', `--bootstrap-server ${server}`)
    .split(/ +(?=(?:[^']*'[^']*')*[^']*$)/)
    .map(word => word.replaceAll("'", ''))
}
