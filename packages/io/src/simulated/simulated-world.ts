/**
 * A world from a seed: virtual time, a disk that forgets, a network that delays. Several hosts share the time and the
 * network; each has its own disk and randomness. `testing` builds clusters on it.
 */
import { type Random, seededRandom, type Timers } from '@moldau/base'
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

/** What the processes of one host have in common, and what all hosts have. */
interface Host {
  readonly name: string
  readonly seed: number | string
  readonly options: SimulationOptions
  readonly clock: SimulatedClock
  readonly wires: SimulatedNetwork
  readonly disk: SimulatedDisk
  processCount: number
}

/** The world of one process on one host, and the hands that play fate. */
export class SimulatedWorld implements World {
  readonly clock: SimulatedClock
  readonly timers: Timers
  readonly random: Random
  readonly files: Files
  readonly network: Network
  readonly disk: SimulatedDisk
  /** The wires between all hosts. */
  readonly wires: SimulatedNetwork
  readonly #host: Host
  #isAlive = true

  constructor(host: Host) {
    this.#host = host
    this.clock = host.clock
    this.wires = host.wires
    this.disk = host.disk
    this.files = host.disk.files
    this.network = host.wires.at(host.name)
    this.random = seededRandom(`${host.seed}/${host.name}/${host.processCount++}`)
    this.timers = timersWhile(host.clock, () => this.#isAlive)
  }

  get host(): string {
    return this.#host.name
  }

  /** Another host in the same time and on the same network, with a disk of its own. */
  peer(name: string): SimulatedWorld {
    return new SimulatedWorld({
      ...this.#host,
      name,
      disk: newDisk(name, this.#host),
      processCount: 0,
    })
  }

  /** The process ends: its timers never fire, its files and connections are gone. Gives the world of the next one. */
  kill(): SimulatedWorld {
    this.#end()
    this.disk.kill()
    return new SimulatedWorld(this.#host)
  }

  /** As `kill`, and the power goes: the disk forgets any part of what was not synced. */
  crash(): SimulatedWorld {
    this.#end()
    this.disk.crash()
    return new SimulatedWorld(this.#host)
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

  #end(): void {
    this.#isAlive = false
    this.wires.kill(this.#host.name)
  }
}

/** A world that runs the same way each time for the same seed. */
export function simulatedWorld(
  seed: number | string,
  options: SimulationOptions = {},
): SimulatedWorld {
  const clock = new SimulatedClock(options.startAt)
  const wires = new SimulatedNetwork(clock, seededRandom(`${seed}/network`), options.network ?? {})
  const shared = { seed, options, clock, wires }
  const name = options.host ?? 'host-1'
  return new SimulatedWorld({ ...shared, name, disk: newDisk(name, shared), processCount: 0 })
}

function newDisk(name: string, host: Pick<Host, 'seed' | 'options' | 'clock'>): SimulatedDisk {
  const { seed, options, clock } = host
  const [least, most] = options.diskLatencyMs ?? [0.05, 2]
  const latency = seededRandom(`${seed}/${name}/disk-latency`)
  return new SimulatedDisk({
    random: seededRandom(`${seed}/${name}/disk`),
    directories: options.directories ?? ['/data'],
    now: () => clock.now(),
    later: task => void clock.after(least + latency.fraction() * (most - least), task),
  })
}

/** Timers of a process: none of them fires when it has ended. */
function timersWhile(timers: Timers, isAlive: () => boolean): Timers {
  const guarded = (task: () => void) => (): void => {
    if (isAlive()) task()
  }
  return {
    after: (delayMs, task) => timers.after(delayMs, guarded(task)),
    every: (periodMs, task) => timers.every(periodMs, guarded(task)),
    soon: task => timers.soon(guarded(task)),
    later: task => timers.later(guarded(task)),
  }
}
