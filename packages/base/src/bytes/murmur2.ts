/**
 * MurmurHash2 with the seed of Kafka's Java client: what its default partitioner applies to a record's key, so that
 * producers of different languages put the same key into the same partition.
 */

const seed = 0x9747b28c
const multiplier = 0x5bd1e995

/** Hash of all bytes: a signed 32-bit integer, as Java's `Utils.murmur2`. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length
  let hash = seed ^ length
  let i = 0
  for (; i + 4 <= length; i += 4) {
    let word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    word = Math.imul(word, multiplier)
    word ^= word >>> 24
    word = Math.imul(word, multiplier)
    hash = Math.imul(hash, multiplier) ^ word
  }
  const rest = length - i
  if (rest === 3) hash ^= (bytes[i + 2] as number) << 16
  if (rest >= 2) hash ^= (bytes[i + 1] as number) << 8
  if (rest >= 1) hash = Math.imul(hash ^ (bytes[i] as number), multiplier)
  hash ^= hash >>> 13
  hash = Math.imul(hash, multiplier)
  return (hash ^ (hash >>> 15)) | 0
}
