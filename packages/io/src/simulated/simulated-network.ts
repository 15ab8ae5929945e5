/**
 * A network of hosts in one process. Bytes of a connection arrive in order, after a delay, cut at random places; loss
 * is what TCP makes of it: a stall, or a reset. Hosts can be cut off from each other, in one direction or both.
 */
import type { Random } from '@moldau/base'
import type { Listening, Network, Stream } from '../network.ts'
import { systemError } from './file-tree.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { SimulatedStream } from './simulated-stream.ts'

/** How the network behaves. */
export interface SimulatedNetworkOptions {
  /** One way, in milliseconds: from … to. */
  readonly latencyMs?: readonly [number, number]
  /** Chance that a packet is lost, which holds up its connection by `stallMs`. */
  readonly stallChance?: number
  readonly stallMs?: number
  /** Chance that a packet resets its connection. */
  readonly resetChance?: number
  /** Chance that what has arrived is read in pieces. */
  readonly pieceChance?: number
  /** Bytes of one direction that are under way or unread; more wait at the sender. */
  readonly windowBytes?: number
}

const EPHEMERAL_PORT_FIRST = 32_768

type Accept = (stream: Stream) => void

/** All hosts and the wires between them. */
export class SimulatedNetwork {
  readonly clock: SimulatedClock
  readonly random: Random
  readonly options: Required<SimulatedNetworkOptions>
  readonly #listeners = new Map<string, Accept>()
  readonly #streams = new Set<SimulatedStream>()
  readonly #cuts = new Set<string>()
  #afterHeal: (() => void)[] = []
  #nextPort = EPHEMERAL_PORT_FIRST

  constructor(clock: SimulatedClock, random: Random, options: SimulatedNetworkOptions) {
    this.clock = clock
    this.random = random
    this.options = {
      latencyMs: [0.1, 1],
      stallChance: 0,
      stallMs: 200,
      resetChance: 0,
      pieceChance: 0.25,
      windowBytes: 256 * 1024,
      ...options,
    }
  }

  /** The network as `host` sees it. */
  at(host: string): Network {
    return {
      listen: ({ port }, accept) => {
        const given = port === 0 ? this.#nextPort++ : port
        const key = `${host}:${given}`
        if (this.#listeners.has(key))
          return Promise.reject(systemError('EADDRINUSE', 'listen', key))
        this.#listeners.set(key, accept)
        const listening: Listening = {
          host,
          port: given,
          close: () => {
            this.#listeners.delete(key)
            return Promise.resolve()
          },
        }
        return Promise.resolve(listening)
      },
      connect: (address, { timeoutMs }) => this.#connect(host, address, timeoutMs),
    }
  }

  /** Cuts the wire from one host to the other; `cut(b, a)` cuts the way back. What is sent waits for `heal`. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`)
  }

  /** Cuts both ways between each host of one side and each of the other. */
  partition(side: readonly string[], otherSide: readonly string[]): void {
    for (const host of side)
      for (const other of otherSide) {
        this.cut(host, other)
        this.cut(other, host)
      }
  }

  /** Mends all wires. What waited is delivered. */
  heal(): void {
    this.#cuts.clear()
    const tasks = this.#afterHeal
    this.#afterHeal = []
    for (const task of tasks) task()
  }

  /** The process of a host ends: its listeners and connections are gone, their other ends are reset. */
  kill(host: string): void {
    for (const key of this.#listeners.keys())
      if (key.startsWith(`${host}:`)) this.#listeners.delete(key)
    for (const stream of this.#streams) if (stream.host === host) stream.vanish()
  }

  isCut(from: string, to: string): boolean {
    return this.#cuts.has(`${from}>${to}`)
  }

  whenHealed(task: () => void): void {
    this.#afterHeal.push(task)
  }

  /** A delay of one packet, in milliseconds. */
  delay(): number {
    const { latencyMs, stallChance, stallMs } = this.options
    const stall = stallChance > 0 && this.random.fraction() < stallChance ? stallMs : 0
    return latencyMs[0] + this.random.fraction() * (latencyMs[1] - latencyMs[0]) + stall
  }

  ended(stream: SimulatedStream): void {
    this.#streams.delete(stream)
  }

  #connect(
    host: string,
    address: { host: string; port: number },
    timeoutMs: number,
  ): Promise<Stream> {
    const target = isLocal(address.host) ? host : address.host
    const key = `${target}:${address.port}`
    return new Promise((resolve, reject) => {
      let isLate = false
      const timer = this.clock.after(timeoutMs, () => {
        isLate = true
        reject(systemError('ETIMEDOUT', 'connect', key))
      })
      const refuse = (): void => {
        timer.cancel()
        reject(systemError('ECONNREFUSED', 'connect', key))
      }
      const isWhole = (): boolean => !this.isCut(host, target) && !this.isCut(target, host)
      this.clock.after(this.delay(), () => {
        // Without an answer, the timer ends the attempt.
        if (!isWhole() || isLate) return
        const accept = this.#listeners.get(key)
        if (accept === undefined) {
          this.clock.after(this.delay(), refuse)
          return
        }
        const [near, far] = SimulatedStream.pair(this, {
          host,
          port: this.#nextPort++,
          peer: target,
          peerPort: address.port,
        })
        this.#streams.add(near)
        this.#streams.add(far)
        accept(far)
        this.clock.after(this.delay(), () => {
          timer.cancel()
          if (isLate) near.destroy()
          else resolve(near)
        })
      })
    })
  }
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1' || host === '0.0.0.0'
}
