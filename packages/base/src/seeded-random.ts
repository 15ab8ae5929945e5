/**
 * Randomness that a seed repeats: sfc32, which passes the usual test suites, begun by a hash of the seed. Seeds that
 * are texts give separate streams (`7/network`, `7/disk`), so that one more draw here changes nothing there.
 */
import type { Random } from './random.ts'

/** A source of random values that gives the same ones for the same seed. */
export function seededRandom(seed: number | string): Random {
  const mix = mixer(String(seed))
  let a = mix()
  let b = mix()
  let c = mix()
  let count = 1
  const next = (): number => {
    const result = (a + b + count) >>> 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    c |= 0
    return result
  }
  for (let i = 0; i < 12; i++) next()
  return {
    below: limit => Math.floor((next() / 2 ** 32) * limit),
    fraction: () => next() / 2 ** 32,
    bytes(length) {
      const bytes = Buffer.allocUnsafe(length)
      for (let i = 0; i < length; i++) bytes[i] = next() >>> 24
      return bytes
    },
  }
}

/** Numbers of 32 bits from a text: FNV-1a, then the finalizer of MurmurHash3 over a counter. */
function mixer(text: string): () => number {
  let state = 0x811c9dc5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return mixed ^ (mixed >>> 16)
  }
}
