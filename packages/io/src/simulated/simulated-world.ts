/**
 * A world from a seed: virtual time, a disk that forgets, a network that delays. Several hosts share the time and the
 * network; each has its own disk and randomness. `testing` builds clusters on it.
 */
import { type Random, seededRandom } from '@moldau/base'
import type { Files } from '../files.ts'
import type { Network } from '../network.ts'
import type { World } from '../world.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedNetwork, type SimulatedNetworkOptions } from './simulated-network.ts'

/** What a simulated world can be given. */
export interface SimulationOptions {
  /** Name of the first host. */
  readonly host?: string
  /** Wall-clock time at the start, in milliseconds since 1970. */
  readonly startAt?: number
  readonly network?: SimulatedNetworkOptions
  /** Time of an asynchronous disk call, in milliseconds: from … to. */
  readonly diskLatencyMs?: readonly [number, number]
  /** Directories that every disk has from the start. */
  readonly directories?: readonly string[]
}

/** One host of a simulation. The World of its process, and the hands that play fate. */
export class SimulatedWorld implements World {
  readonly host: string
  readonly clock: SimulatedClock
  readonly timers: SimulatedClock
  readonly random: Random
  readonly disk: SimulatedDisk
  readonly network: Network
  /** The wires between all hosts. */
  readonly wires: SimulatedNetwork
  readonly #seed: number | string
  readonly #options: SimulationOptions

  constructor(seed: number | string, options: SimulationOptions, shared?: SimulatedWorld) {
    this.#seed = seed
    this.#options = options
    this.host = options.host ?? 'host-1'
    this.clock = shared?.clock ?? new SimulatedClock(options.startAt)
    this.timers = this.clock
    this.wires =
      shared?.wires ??
      new SimulatedNetwork(this.clock, seededRandom(`${seed}/network`), options.network ?? {})
    this.network = this.wires.at(this.host)
    this.random = seededRandom(`${seed}/${this.host}`)
    const [least, most] = options.diskLatencyMs ?? [0.05, 2]
    const latency = seededRandom(`${seed}/${this.host}/disk-latency`)
    this.disk = new SimulatedDisk({
      random: seededRandom(`${seed}/${this.host}/disk`),
      directories: options.directories ?? ['/data'],
      now: () => this.clock.now(),
      later: task => void this.clock.after(least + latency.fraction() * (most - least), task),
    })
  }

  /** The files of the running process: others after a crash. */
  get files(): Files {
    return this.disk.files
  }

  /** Another host in the same time and on the same network. */
  peer(host: string): SimulatedWorld {
    return new SimulatedWorld(this.#seed, { ...this.#options, host }, this)
  }

  /** Lets `ms` go by on all hosts: runs everything that falls due. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** Runs what is due now, without time going by. */
  drain(): Promise<void> {
    return this.clock.drain()
  }

  /** Lets time go by until `promise` is settled, and gives its value. @throws its error, or after `limitMs` */
  run<T>(promise: Promise<T>, limitMs?: number): Promise<T> {
    return this.clock.run(promise, limitMs)
  }
}

/** A world that runs the same way each time for the same seed. */
export function simulatedWorld(
  seed: number | string,
  options: SimulationOptions = {},
): SimulatedWorld {
  return new SimulatedWorld(seed, options)
}
