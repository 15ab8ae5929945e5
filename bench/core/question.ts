/** What a question is: rows of the table, and one measurement of one broker that fills them. */
import type { Bench } from './bench.ts'
import type { Peer, PeerKey } from './peers.ts'

/** A row of the table. Ratios are "times better": 2 × is twice the throughput or half the time. */
export interface Row {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly better: 'more' | 'less'
  /** What Moldau with `flush=os` has to reach. */
  readonly atLeast?: number
  /** What Moldau with `flush=commit` has to reach; without it the figure is only printed. */
  readonly commitAtLeast?: number
  /** A limit in the unit of the row, for Moldau with `flush=os`. */
  readonly limit?: number
}

/** One figure of one run, with the processor seconds that the broker used meanwhile. */
export interface Measured {
  readonly value: number
  readonly cpuSeconds?: number
}

export interface Question {
  readonly name: string
  /** One line: the tool, the volume, what is special. */
  readonly how: string
  readonly rows: readonly Row[]
  /** Who takes turns; Kafka comes first. */
  readonly peers?: readonly PeerKey[]
  /** Starts brokers of its own: those of the table do not run meanwhile. */
  readonly isAlone?: boolean
  /** The event loop is not looked at: looking would cost more than what is measured. */
  readonly isUnwatched?: boolean
  /** Once for each peer, before the rounds. */
  prepare?(peer: Peer, bench: Bench): Promise<void>
  measure(peer: Peer, bench: Bench): Promise<Readonly<Record<string, Measured>>>
  finish?(peer: Peer, bench: Bench): Promise<void>
}

export const defaultPeers: readonly PeerKey[] = ['kafka', 'os', 'commit']
/** In a smoke. */
export const quickPeers: readonly PeerKey[] = ['kafka', 'os']
