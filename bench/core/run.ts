/**
 * Asks a question in rounds: the brokers take turns (A B C, C B A, …), and each figure keeps its round, so that figures
 * are compared in pairs.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import type { LoopDelays, Peer, PeerKey } from './peers.ts'
import { defaultPeers, quickPeers, type Question } from './question.ts'
import { quantile } from './statistics.ts'

/** Figures of one row and one broker, one per round. */
export interface Series {
  readonly values: number[]
  readonly cpuSeconds: number[]
}

export interface LoopDelay {
  readonly ownMs: number
  readonly allMs: number
}

export interface Answers {
  readonly question: string
  /** By row, then by broker. */
  readonly series: Readonly<Record<string, Partial<Record<PeerKey, Series>>>>
  /** p99.9 of the event loop delay in all runs, in milliseconds: while it had the processor, and blocked as well. */
  readonly loopDelay: Partial<Record<PeerKey, LoopDelay>>
  /** Processor time of others before each round, as a share of the machine. */
  readonly foreign: readonly number[]
}

export async function askInRounds(
  question: Question,
  peers: readonly Peer[],
  bench: Bench,
  rounds: number,
): Promise<Answers> {
  const keys = question.peers ?? (bench.isQuick ? quickPeers : defaultPeers)
  const taking = keys
    .map(key => peers.find(peer => peer.key === key))
    .filter(peer => peer !== undefined)
  const series: Record<string, Partial<Record<PeerKey, Series>>> = {}
  for (const row of question.rows) {
    series[row.key] = {}
    for (const key of keys) series[row.key]![key] = { values: [], cpuSeconds: [] }
  }
  const seen: Partial<Record<PeerKey, { own: number[]; all: number[] }>> = {}
  const foreign: number[] = []
  for (const peer of taking) await question.prepare?.(peer, bench)
  for (let round = 0; round < rounds; round++) {
    foreign.push(await busyShare())
    for (const peer of round % 2 === 0 ? taking : taking.toReversed()) {
      const isWatched = question.isAlone !== true && question.isUnwatched !== true
      if (isWatched) peer.watchLoop()
      const measured = await question.measure(peer, bench)
      const delays = isWatched ? await peer.loopDelays() : undefined
      if (delays !== undefined) {
        const kept = (seen[peer.key] ??= { own: [], all: [] })
        kept.own.push(...delays.own)
        kept.all.push(...delays.all)
      }
      for (const row of question.rows) {
        const figure = measured[row.key]
        if (figure === undefined) throw new Error(`${question.name}: no figure for ${row.key}`)
        const kept = series[row.key]?.[peer.key]
        kept?.values.push(figure.value)
        if (figure.cpuSeconds !== undefined) kept?.cpuSeconds.push(figure.cpuSeconds)
      }
    }
  }
  for (const peer of taking) await question.finish?.(peer, bench)
  const loopDelay: Partial<Record<PeerKey, LoopDelay>> = {}
  for (const [key, { own, all }] of Object.entries(seen) as [PeerKey, LoopDelays][])
    loopDelay[key] = { ownMs: quantile(own, 0.999), allMs: quantile(all, 0.999) }
  return { question: question.name, series, loopDelay, foreign }
}

/** How busy the machine is while the brokers have nothing to do. */
async function busyShare(): Promise<number> {
  const before = ticks()
  await sleep(200)
  const after = ticks()
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all)
}

function ticks(): { idle: number; all: number } {
  const fields = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).slice(1, 9)
  const counts = fields.map(Number)
  // idle and iowait
  return {
    idle: (counts[3] ?? 0) + (counts[4] ?? 0),
    all: counts.reduce((sum, count) => sum + count, 0),
  }
}
