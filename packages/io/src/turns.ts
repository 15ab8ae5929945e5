/** Long work in turns of the event loop: a bit in each, so that no request keeps the others from being served. */
import type { World } from './world.ts'

/** How long one turn may take, in milliseconds. */
const TURN_MS = 8

/** What turns need of the world. */
type TurnWorld = Pick<World, 'clock' | 'timers'>

/** Runs a generator to its end, resting between turns. */
export function inTurns<T>(steps: Generator<undefined, T>, world: TurnWorld): Promise<T> {
  const { clock, timers } = world
  return new Promise((resolve, reject) => {
    const turn = (): void => {
      const end = clock.monotonic() + TURN_MS
      try {
        do {
          const { done, value } = steps.next()
          if (done === true) {
            resolve(value)
            return
          }
        } while (clock.monotonic() < end)
        timers.later(turn)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    turn()
  })
}

/** Resolves in the next turn. */
export function nextTurn({ timers }: TurnWorld): Promise<void> {
  return new Promise(resolve => timers.later(resolve))
}
