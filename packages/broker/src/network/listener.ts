/**
 * One listening address and its connections: accepts within the limits, sweeps away idle and slow connections, counts.
 */
import type { Clock, Logger, Timer, Timers } from '@moldau/base'
import type { Listening, Network, Stream } from '@moldau/io'
import { Connection, type ConnectionOwner, type RequestHandler } from './connection.ts'
import type { RequestBuffers } from './request-buffers.ts'

/** How often connections are looked at for idleness and slowness. */
const SWEEP_MS = 1000
/** Time for clients to take their last replies when the broker stops. */
const CLOSE_MS = 500

/** What all listeners of a broker share. */
export interface ListenerOptions {
  readonly network: Network
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly buffers: RequestBuffers
  readonly requests: RequestHandler
  readonly counts: ConnectionCounts
  /** Reply bytes that may wait for clients before reading pauses early. */
  readonly unsentBudgetBytes: number
  /** Read at each use: they may change while the broker runs. */
  readonly limits: () => ConnectionLimits
}

/** An address to listen on. */
export interface Address {
  readonly host: string
  readonly port: number
  /** `if-present`: it may be missing on this machine. `if-none`: only where none of those before it is there. */
  readonly use: 'always' | 'if-present' | 'if-none'
}

/** Limits of connections, as configured. */
export interface ConnectionLimits {
  readonly requestMaxBytes: number
  readonly idleMs: number
  readonly connectionsMax: number
  readonly connectionsPerAddressMax: number
  readonly perAddressOverrides: ReadonlyMap<string, number>
}

/** Counts over all listeners of a broker. */
export class ConnectionCounts {
  bytesIn = 0
  bytesOut = 0
  /** Reply bytes that the kernel has not taken yet. */
  bytesUnsent = 0
  accepted = 0
  refused = 0
  open = 0
  readonly perAddress = new Map<string, number>()
}

export class Listener {
  readonly name: string
  readonly #options: ListenerOptions
  readonly #listening: readonly Listening[]
  readonly #connections = new Set<Connection>()
  /** Accepted before `serve`: nothing is read from them yet. */
  #early: Connection[] | undefined = []
  #whenEmpty: (() => void) | undefined
  readonly #owner: ConnectionOwner
  readonly #sweeping: Timer

  private constructor(
    name: string,
    options: ListenerOptions,
    listening: readonly Listening[],
    owner: ConnectionOwner,
  ) {
    this.name = name
    this.#options = options
    this.#listening = listening
    this.#owner = owner
    this.#sweeping = options.timers.every(SWEEP_MS, () => this.#sweep())
  }

  /** Listens on all `addresses`, on the same port. @throws EADDRINUSE, EACCES, EADDRNOTAVAIL (as `code` of the error) */
  static async open(
    name: string,
    addresses: readonly Address[],
    options: ListenerOptions,
  ): Promise<Listener> {
    const { clock, timers, logger, buffers, requests, counts, limits } = options
    const { unsentBudgetBytes } = options
    let listener: Listener | undefined
    const owner: ConnectionOwner = {
      listenerName: name,
      logger,
      buffers,
      requests,
      get requestMaxBytes() {
        return limits().requestMaxBytes
      },
      monotonic: () => clock.monotonic(),
      soon: task => timers.soon(task),
      later: task => timers.later(task),
      counted: counts,
      unsentBudgetBytes,
      ended: connection => void (listener !== undefined && listener.#ended(connection)),
    }
    const listening = await listenOnAll(addresses, options.network, stream => {
      if (listener === undefined) stream.destroy()
      else listener.#accept(stream)
    })
    listener = new Listener(name, options, listening, owner)
    return listener
  }

  get port(): number {
    return this.#listening[0]?.port ?? -1
  }

  /** Stops accepting; open connections go on. */
  async stopAccepting(): Promise<void> {
    await Promise.all(this.#listening.map(one => one.close()))
  }

  /** Begins to read requests, also those of connections that were accepted before. */
  serve(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const connection of early) connection.start()
  }

  /** Sends the replies that are ready and closes all connections; those that do not close in time are cut. */
  async closeConnections(): Promise<void> {
    this.#sweeping.cancel()
    for (const connection of this.#connections) connection.end()
    if (this.#connections.size === 0) return
    await new Promise<void>(resolve => {
      const deadline = this.#options.timers.after(CLOSE_MS, () => {
        for (const connection of this.#connections) connection.close('the broker stops')
      })
      this.#whenEmpty = () => {
        deadline.cancel()
        resolve()
      }
    })
  }

  #accept(stream: Stream): void {
    const { counts } = this.#options
    const reason = this.#refusal(stream.remoteAddress)
    if (reason !== undefined) {
      counts.refused++
      this.#options.logger.warn('connection refused', {
        listener: this.name,
        address: stream.remoteAddress,
        reason,
      })
      stream.destroy()
      return
    }
    counts.accepted++
    counts.open++
    counts.perAddress.set(
      stream.remoteAddress,
      (counts.perAddress.get(stream.remoteAddress) ?? 0) + 1,
    )
    const connection = new Connection(stream, this.#owner, counts.accepted)
    this.#connections.add(connection)
    if (this.#early === undefined) connection.start()
    else this.#early.push(connection)
  }

  #refusal(address: string): string | undefined {
    const { counts, limits } = this.#options
    const { connectionsMax, connectionsPerAddressMax, perAddressOverrides } = limits()
    if (counts.open >= connectionsMax)
      return `${connectionsMax} are open, as many as max.connections and the limit of open files allow`
    const max = perAddressOverrides.get(address) ?? connectionsPerAddressMax
    return (counts.perAddress.get(address) ?? 0) >= max
      ? 'max.connections.per.ip is reached'
      : undefined
  }

  #ended(connection: Connection): void {
    if (!this.#connections.delete(connection)) return
    const { counts } = this.#options
    counts.open--
    const ofAddress = (counts.perAddress.get(connection.remoteAddress) ?? 1) - 1
    if (ofAddress === 0) counts.perAddress.delete(connection.remoteAddress)
    else counts.perAddress.set(connection.remoteAddress, ofAddress)
    if (this.#connections.size === 0) this.#whenEmpty?.()
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic()
    const { idleMs } = this.#options.limits()
    for (const connection of this.#connections) connection.sweep(now, idleMs)
  }
}

async function listenOnAll(
  addresses: readonly Address[],
  network: Network,
  accept: (stream: Stream) => void,
): Promise<Listening[]> {
  const listening: Listening[] = []
  try {
    for (const { host, port, use } of addresses) {
      if (use === 'if-none' && listening.length > 0) continue
      // Where the system gives the port, it is that of the first address.
      const address = { host, port: port === 0 ? (listening[0]?.port ?? 0) : port }
      try {
        listening.push(await network.listen(address, accept))
      } catch (error) {
        const { code } = error as { code?: unknown }
        const isMissing =
          code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'ENOTFOUND'
        if (use !== 'if-present' || !isMissing) throw error
      }
    }
  } catch (error) {
    await Promise.all(listening.map(one => one.close()))
    throw error
  }
  return listening
}
