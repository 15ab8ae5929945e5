/**
 * Invariants that stay on in production. A failed assertion is a bug of ours, never a user's mistake.
 */

/** Thrown when an invariant does not hold. @public */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** @throws AssertionError with `message` if `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}
