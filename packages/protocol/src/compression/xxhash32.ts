/**
 * XXH32, the checksum inside LZ4 frames.
 */

const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1

/** Hash with seed 0 of `data` from `start` up to, but not including, `end`: unsigned 32 bits. */
export function xxhash32(data: Buffer, start: number, end: number): number {
  const length = end - start
  let at = start
  let hash: number
  if (length >= 16) {
    let a = (prime1 + prime2) | 0
    let b = prime2 | 0
    let c = 0
    let d = -prime1 | 0
    for (; at + 16 <= end; at += 16) {
      a = round(a, data.readInt32LE(at))
      b = round(b, data.readInt32LE(at + 4))
      c = round(c, data.readInt32LE(at + 8))
      d = round(d, data.readInt32LE(at + 12))
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
  } else hash = prime5 | 0
  hash = (hash + length) | 0
  for (; at + 4 <= end; at += 4) {
    hash = (hash + Math.imul(data.readInt32LE(at), prime3)) | 0
    hash = Math.imul(rotate(hash, 17), prime4)
  }
  for (; at < end; at++) {
    hash = (hash + Math.imul(data[at] as number, prime5)) | 0
    hash = Math.imul(rotate(hash, 11), prime1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
