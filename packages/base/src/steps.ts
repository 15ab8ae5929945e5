/** What may take long is done in steps, between which others may have their turn (`inTurns` of io). */

/** Work with a result. */
export type Steps<T> = Generator<undefined, T>

/** All steps now. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
