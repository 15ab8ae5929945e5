/**
 * The connections of a client, by broker and lane. Lanes keep calls that wait long (a fetch, a join) from holding up
 * others: a connection answers in order. Each is opened at first use, and again after it failed, not sooner than the
 * reconnect backoff.
 */
import { KafkaError } from '../errors.ts'
import { Connection, type Address, type ConnectionSettings } from './connection.ts'
import { backoff, sleep, type RetryPolicy } from './retry.ts'

interface Slot {
  connection: Connection | undefined
  opening: Promise<Connection> | undefined
  failures: number
}

export class Connections {
  readonly #settings: ConnectionSettings
  readonly #reconnect: RetryPolicy
  readonly #idleMaxMs: number
  readonly #slots = new Map<string, Slot>()
  #isClosed = false

  constructor(settings: ConnectionSettings, reconnect: RetryPolicy, idleMaxMs: number) {
    this.#settings = settings
    this.#reconnect = reconnect
    this.#idleMaxMs = idleMaxMs
  }

  /** The connection to `address` in `lane`, opened if need be. @throws KafkaError CONNECTION, CLOSED */
  get(address: Address, lane: string): Promise<Connection> {
    const open = this.open(address, lane)
    if (open !== undefined) return Promise.resolve(open)
    if (this.#isClosed)
      return Promise.reject(new KafkaError('CLOSED', { message: 'The client was closed' }))
    const slot = this.#slot(address, lane)
    slot.opening ??= this.#open(slot, address).finally(() => {
      slot.opening = undefined
    })
    return slot.opening
  }

  /** The connection if it is open now. */
  open(address: Address, lane: string): Connection | undefined {
    const connection = this.#slots.get(key(address, lane))?.connection
    if (connection === undefined || !connection.isOpen) return undefined
    // A broker closes what idles; sending into it would cost a retry.
    const idleMs = this.#settings.world.clock.monotonic() - connection.lastUsedAt
    if (connection.inFlightCount === 0 && idleMs > this.#idleMaxMs) {
      connection.close()
      return undefined
    }
    return connection
  }

  /** Closes the connections of a lane. */
  closeLane(lane: string): void {
    for (const [name, slot] of this.#slots) {
      if (!name.endsWith(`/${lane}`)) continue
      slot.connection?.close()
      slot.opening?.then(
        connection => connection.close(),
        () => {},
      )
      this.#slots.delete(name)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const slot of this.#slots.values()) slot.connection?.close()
    this.#slots.clear()
  }

  #slot(address: Address, lane: string): Slot {
    const name = key(address, lane)
    let slot = this.#slots.get(name)
    if (slot === undefined) {
      slot = { connection: undefined, opening: undefined, failures: 0 }
      this.#slots.set(name, slot)
    }
    return slot
  }

  async #open(slot: Slot, address: Address): Promise<Connection> {
    const { world } = this.#settings
    if (slot.failures > 0) await sleep(world, backoff(this.#reconnect, slot.failures, world))
    try {
      const connection = await Connection.open(address, this.#settings)
      if (this.#isClosed) {
        connection.close()
        throw new KafkaError('CLOSED', { message: 'The client was closed' })
      }
      slot.connection = connection
      slot.failures = 0
      return connection
    } catch (error) {
      slot.failures++
      throw error
    }
  }
}

function key(address: Address, lane: string): string {
  return `${address.host}:${address.port}/${lane}`
}
