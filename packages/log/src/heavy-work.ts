/**
 * Work on records that decompress to more than one turn of the event loop has time for: with rests in between, and
 * one at a time, so that they cannot fill the memory.
 */
import { nextTurn, TURN_MS, type World } from '@moldau/io'
import type { Rest } from '@moldau/protocol'

/** What records may decompress to; less where this part of the memory that the process may use is less. */
const HEAVY_BYTES_MAX = 64 * 1024 * 1024
const HEAVY_MEMORY_SHARE = 1 / 16

/** Ends when the work before it has ended, by world. */
const lastWork = new WeakMap<World, Promise<unknown>>()

/** Does the work when that before it has ended. */
export function oneAtATime<T>(world: World, work: () => Promise<T>): Promise<T> {
  const done = (lastWork.get(world) ?? Promise.resolve()).then(work)
  lastWork.set(
    world,
    done.catch(() => undefined),
  )
  return done
}

/** What heavy records may decompress to. */
export function heavyBytesMax({ memoryBytes = Infinity }: World): number {
  return Math.floor(Math.min(HEAVY_BYTES_MAX, memoryBytes * HEAVY_MEMORY_SHARE))
}

/** Rests where the turn has taken long. */
export function restIn(world: World): Rest {
  const { clock } = world
  let endsAt = clock.monotonic() + TURN_MS
  return () => {
    if (clock.monotonic() < endsAt) return undefined
    return nextTurn(world).then(() => {
      endsAt = clock.monotonic() + TURN_MS
    })
  }
}
