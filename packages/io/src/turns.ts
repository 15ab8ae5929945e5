/** Long work in turns of the event loop: a bit in each, so that no request keeps the others from being served. */
import type { Steps } from '@moldau/base'
import type { World } from './world.ts'

/** How long one piece of work may keep the others from their turn, in milliseconds. */
export const TURN_MS = 8

/** What turns need of the world. */
type TurnWorld = Pick<World, 'clock' | 'timers'>

/** Runs a generator to its end, resting between turns. */
export async function inTurns<T>(steps: Steps<T>, world: TurnWorld): Promise<T> {
  for (;;) {
    const { done, value } = oneTurn(steps, world)
    if (done === true) return value
    await nextTurn(world)
  }
}

/** The same; what ends within one turn has ended when this returns. */
export function atOnceOrInTurns<T>(steps: Steps<T>, world: TurnWorld): T | Promise<T> {
  const { done, value } = oneTurn(steps, world)
  return done === true ? value : nextTurn(world).then(() => inTurns(steps, world))
}

/** Resolves in the next turn. */
export function nextTurn({ timers }: TurnWorld): Promise<void> {
  return new Promise(resolve => timers.later(resolve))
}

function oneTurn<T>(steps: Steps<T>, { clock }: TurnWorld): IteratorResult<undefined, T> {
  const end = clock.monotonic() + TURN_MS
  for (;;) {
    const step = steps.next()
    if (step.done === true || clock.monotonic() >= end) return step
  }
}
