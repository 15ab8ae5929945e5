/**
 * From properties files and `key=value` words to a client. Kafka's tools pass over properties that they do not know, so
 * these do too, but say so; security that the client does not speak is refused instead of left out.
 */
import { parseProperties } from '@moldau/base'
import { isKafkaError, Kafka } from '@moldau/client'
import type { World } from '@moldau/io'
import { UsageError } from '../options/jopt.ts'
import type { Terminal } from '../terminal.ts'

/** `key=value` words; without `=` the value is empty. */
export function parsePairs(words: readonly string[]): Map<string, string> {
  return new Map(
    words.map((word): [string, string] => {
      const at = word.indexOf('=')
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

/** The pairs of a properties file. @throws MissingFile */
export function readPropertiesFile(terminal: Terminal, path: string): Map<string, string> {
  try {
    return parseProperties(terminal.readFile(path))
  } catch (cause) {
    throw new MissingFile(path, cause)
  }
}

/** A properties file that cannot be read. The message is the path alone, as Kafka's tools print it. */
export class MissingFile extends Error {
  readonly hint: string
  constructor(path: string, cause: unknown) {
    super(path, { cause })
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    this.hint = `Cannot read the properties file ${path} (${code})`
  }
}

/** `host:port,…`. @throws UsageError in Kafka's words */
export function checkServers(servers: string): string {
  const isValid = servers
    .split(',')
    .every(server => /^(\[[0-9A-Za-z:.%]+\]|[^\s:]+):\d+$/.test(server.trim()))
  if (isValid) return servers
  throw new UsageError('Please provide valid host:port like host1:9091,host2:9092')
}

/** A client with these properties. @throws KafkaError CONFIG for values that are not valid */
export function clientOf(
  properties: ReadonlyMap<string, string>,
  terminal: Terminal,
  world: World,
): Kafka {
  const known: Record<string, unknown> = {}
  for (const [key, value] of properties) if (!isSecurity(key)) known[key] = value
  refuseSecurity(properties)
  for (;;) {
    try {
      return new Kafka({ ...known, world })
    } catch (error) {
      const name = isKafkaError(error)
        ? /^Unknown option ([^;\s]+)/.exec(error.message)?.[1]
        : undefined
      if (name === undefined || !(name in known)) throw error
      terminal.err(`Passed over, as the client does not know it: ${name}`)
      delete known[name]
    }
  }
}

function isSecurity(key: string): boolean {
  return /^(security|sasl|ssl)\./.test(key)
}

function refuseSecurity(properties: ReadonlyMap<string, string>): void {
  const protocol = properties.get('security.protocol') ?? 'PLAINTEXT'
  if (protocol.toUpperCase() !== 'PLAINTEXT')
    throw new UsageError(`security.protocol=${protocol} is not there yet: only PLAINTEXT is`, false)
}
