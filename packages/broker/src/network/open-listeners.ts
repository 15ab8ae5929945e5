/** The listeners that clients use, as the settings name them: bound, with what clients are told of each. */
import type { Logger } from '@moldau/base'
import type { World } from '@moldau/io'
import { SecurityProtocols, type BrokerConfig, type ConfiguredListener } from '../config.ts'
import type { ListenerEndpoint } from '../services.ts'
import type { RequestHandler } from './connection.ts'
import { Listener, type Address, type ConnectionCounts, type ConnectionLimits } from './listener.ts'
import { RequestBuffers } from './request-buffers.ts'

/**
 * All requests that are being received may take this much memory, where `queued.max.request.bytes` says nothing, and so
 * may the replies that wait for clients; but each no more than this part of what the process may have.
 */
const BYTES_IN_FLIGHT_MAX = 256 * 1024 * 1024
const MEMORY_SHARE = 1 / 16

/** A bound listener and its addresses. */
export interface OpenedListener {
  readonly listener: Listener
  readonly endpoint: ListenerEndpoint
}

/** What listeners share. */
export interface OpenListenersOptions {
  readonly world: World
  readonly logger: Logger
  /** Values in effect now. */
  readonly config: () => BrokerConfig
  readonly counts: ConnectionCounts
  readonly requests: RequestHandler
}

/** Binds all listeners but the controllers'. @throws Error that names the listener and the way out */
export async function openListeners(
  configured: readonly ConfiguredListener[],
  options: OpenListenersOptions,
): Promise<OpenedListener[]> {
  const { world, logger, config, counts, requests } = options
  const budget = config()['queued.max.request.bytes']
  const bytesInFlight = Math.min(
    BYTES_IN_FLIGHT_MAX,
    (world.memoryBytes ?? Infinity) * MEMORY_SHARE,
  )
  const buffers = new RequestBuffers(budget > 0 ? budget : bytesInFlight)
  const { network, clock, timers } = world
  const opened: OpenedListener[] = []
  const limits = limitsReader(config, {
    connectionsMax: world.handlesMax ?? Infinity,
    requestMaxBytes: bytesInFlight,
  })
  try {
    for (const one of configured) {
      if (one.isController) continue
      if (one.securityProtocol !== 'PLAINTEXT') {
        throw new Error(
          `Cannot listen on ${one.name}: ${one.securityProtocol} is not served yet, only PLAINTEXT is`,
        )
      }
      if (!isLoopback(one.host)) {
        logger.warn('listener without authentication is open to other machines', {
          listener: one.name,
          host: one.host,
          port: one.port,
        })
      }
      const listener = await Listener.open(one.name, addressesOf(one), {
        network,
        clock,
        timers,
        logger,
        buffers,
        requests,
        counts,
        unsentBudgetBytes: bytesInFlight,
        limits,
      }).catch((cause: unknown) => {
        throw new Error(
          `Cannot listen on ${one.name}://${one.host}:${one.port}: ${reasonOf(cause)}`,
          { cause },
        )
      })
      opened.push({ listener, endpoint: endpointOf(one, listener) })
    }
  } catch (error) {
    await closeAll(opened)
    throw error
  }
  return opened
}

/** Stops accepting, then closes all connections. */
export async function closeAll(opened: readonly OpenedListener[]): Promise<void> {
  await Promise.all(
    opened.map(async ({ listener }) => {
      const accepting = listener.stopAccepting()
      await listener.closeConnections()
      await accepting
    }),
  )
}

/** `localhost` is both loopback addresses; no host is all addresses (`::` takes IPv4 as well, where there is IPv6). */
function addressesOf({ host, port }: ConfiguredListener): Address[] {
  if (host === 'localhost') {
    return [
      { host: '127.0.0.1', port, use: 'always' },
      { host: '::1', port, use: 'if-present' },
    ]
  }
  if (host !== '') return [{ host, port, use: 'always' }]
  return [
    { host: '::', port, use: 'if-present' },
    { host: '0.0.0.0', port, use: 'if-none' },
  ]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function endpointOf(configured: ConfiguredListener, listener: Listener): ListenerEndpoint {
  const { name, host, securityProtocol, advertised } = configured
  const port = listener.port
  const isAnywhere = host === '' || host === '0.0.0.0' || host === '::'
  return {
    name,
    securityProtocol: SecurityProtocols[securityProtocol],
    host,
    port,
    advertisedHost: advertised?.host ?? (isAnywhere ? 'localhost' : host),
    advertisedPort: advertised === undefined || advertised.port === 0 ? port : advertised.port,
  }
}

/** What this process can bear, whatever is configured. */
type Bounds = Pick<ConnectionLimits, 'connectionsMax' | 'requestMaxBytes'>

/** The limits that are in effect, worked out once for each change of the config. */
function limitsReader(config: () => BrokerConfig, bounds: Bounds): () => ConnectionLimits {
  let source = config()
  let limits = limitsOf(source, bounds)
  return () => {
    const now = config()
    if (now !== source) {
      source = now
      limits = limitsOf(now, bounds)
    }
    return limits
  }
}

function limitsOf(config: BrokerConfig, bounds: Bounds): ConnectionLimits {
  return {
    requestMaxBytes: Math.min(config['socket.request.max.bytes'], bounds.requestMaxBytes),
    idleMs: config['connections.max.idle.ms'],
    // Files need handles too: without one for a checkpoint a whole directory would count as failed.
    connectionsMax: Math.min(config['max.connections'], bounds.connectionsMax),
    connectionsPerAddressMax: config['max.connections.per.ip'],
    perAddressOverrides: overridesOf(config['max.connections.per.ip.overrides']),
  }
}

/** `host:count` pairs, separated by commas. */
function overridesOf(text: string): ReadonlyMap<string, number> {
  const overrides = new Map<string, number>()
  for (const pair of text.split(',')) {
    const colon = pair.lastIndexOf(':')
    const count = Number(pair.slice(colon + 1))
    if (colon > 0 && Number.isInteger(count)) overrides.set(pair.slice(0, colon).trim(), count)
  }
  return overrides
}

function reasonOf(cause: unknown): string {
  const { code } = cause as { code?: unknown }
  if (code === 'EADDRINUSE')
    return 'the port is in use; stop the other server or choose another port in listeners'
  if (code === 'EACCES') return 'this user may not use the port; choose one above 1023'
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address'
  return cause instanceof Error ? cause.message : String(cause)
}
