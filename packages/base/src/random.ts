/**
 * Randomness, as the rest of Moldau sees it: injected, so that a simulated run is repeated by its seed.
 */

/** Where random values come from. */
export interface Random {
  /** An integer from 0 up to, but not including, `limit` (1 to 2^32). */
  below(limit: number): number
  /** A fraction from 0 up to, but not including, 1. */
  fraction(): number
  /** `length` random bytes, in a new Buffer. */
  bytes(length: number): Buffer
}
