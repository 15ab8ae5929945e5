/**
 * `kafka-server-stop.sh [--process-role ROLE] [--node-id ID]`: finds the Moldau servers of this user on this machine and
 * asks them to stop (SIGTERM). Linux only: it reads the command lines under /proc.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseProperties } from '@moldau/base'
import { parseJopt, UsageError } from '../options/jopt.ts'
import type { Terminal } from '../terminal.ts'

const rows = {
  'process-role': {
    value: 'required',
    argument: 'broker|controller',
    doc: 'Stops servers of this role only.',
  },
  'node-id': { value: 'required', argument: 'id', doc: 'Stops the server of this node only.' },
} as const

interface RunningServer {
  readonly pid: number
  readonly nodeId: string
  readonly roles: readonly string[]
}

/** Runs the tool. */
export async function kafkaServerStop(
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    const options = parseJopt(rows, words)
    const nodeId = options.value('node-id')
    const role = options.value('process-role')
    const servers = runningServers().filter(
      server =>
        (nodeId === undefined || server.nodeId === nodeId) &&
        (role === undefined || server.roles.includes(role)),
    )
    if (servers.length === 0) {
      terminal.out('No kafka server to stop')
      return 1
    }
    for (const { pid } of servers) process.kill(pid, 'SIGTERM')
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    terminal.err(error.message)
    return 1
  }
}

function runningServers(): RunningServer[] {
  const servers: RunningServer[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0')
      const at = words.findIndex(isMain)
      const command = words.slice(at + 1)
      const isServer =
        at > 0 &&
        (command[0] === 'kafka-server-start' || (command[0] === 'server' && command[1] === 'start'))
      if (isServer) servers.push(describe(Number(entry), command))
    } catch {
      // The process has ended meanwhile, or belongs to someone else.
    }
  }
  return servers
}

/** Is this Moldau's main file: the source, or what is built from it? Many programs have a `dist/main.js`. */
function isMain(word: string): boolean {
  if (word.endsWith('/packages/moldau/src/main.ts')) return true
  return word.endsWith('/dist/main.js') && existsSync(path.join(word, '../../bin/moldau'))
}

/** What the server was told of its node id and roles, by its properties file and its overrides. */
function describe(pid: number, command: readonly string[]): RunningServer {
  const properties = new Map<string, string>()
  for (const word of command)
    if (word.endsWith('.properties'))
      for (const [key, value] of parseProperties(
        readFileSync(path.resolve(`/proc/${pid}/cwd`, word), 'utf8'),
      ))
        properties.set(key, value)
  command.forEach((word, i) => {
    const pair = word.startsWith('--override=') ? word.slice('--override='.length) : command[i + 1]
    const match = word.startsWith('--override') ? /^([^=]+)=(.*)$/s.exec(pair ?? '') : null
    if (match !== null) properties.set((match[1] ?? '').trim(), match[2] ?? '')
  })
  return {
    pid,
    nodeId: properties.get('node.id') ?? '1',
    roles: (properties.get('process.roles') ?? 'broker,controller')
      .split(',')
      .map(role => role.trim()),
  }
}
