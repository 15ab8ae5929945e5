/** The int64 values that a number stands for: docs/decisions/0002-numbers-for-int64.md. */

/** Stands for Java's Long.MAX_VALUE, 2^63-1, which no number is. */
export const LONG_MAX: number = 2 ** 63
/** Java's Long.MIN_VALUE. */
export const LONG_MIN: number = -(2 ** 63)

/** Can `value` be written as an int64 and read back as itself? */
export function hasInt64(value: number): boolean {
  return Number.isSafeInteger(value) || value === LONG_MAX || value === LONG_MIN
}
