/** Damage to bytes, by chance: flipped bits, telling values where a length, a count or a number may stand, cuts, doublings, splices. */
import type { Random } from '../packages/base/src/index.ts'

const bytes8 = [0, 1, 0x7f, 0x80, 0xfe, 0xff]
const int16s = [0, -1, -2, 1, 0x7fff, -0x8000]
const int32s = [0, -1, -2, 1, 0x7fff, 0x10000, 1_000_000, 0x7fffffff, -0x80000000]
/** Varints: 0, 1, the largest and one beyond, one that does not end, a long zero. */
const varints = [
  [0],
  [1],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x1f],
  [0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x80, 0x80, 0x00],
  [0x80, 0x80, 0x80, 0x80, 0x70],
]

/** One of a list. */
export function pick<T>(list: readonly T[], random: Random): T {
  const value = list[random.below(list.length)]
  if (value === undefined) throw new Error('Nothing to pick from')
  return value
}

/** A damaged copy of `bytes`; the first `kept` bytes stay. `donor` gives what is spliced in. */
export function mutate(bytes: Buffer, random: Random, kept = 0, donor: Buffer = bytes): Buffer {
  let result: Buffer = Buffer.from(bytes)
  const steps = random.fraction() < 0.7 ? 1 : 1 + random.below(4)
  for (let i = 0; i < steps; i++) result = mutateOnce(result, random, kept, donor)
  return result
}

function mutateOnce(bytes: Buffer, random: Random, kept: number, donor: Buffer): Buffer {
  const room = bytes.length - kept
  if (room <= 0) return Buffer.concat([bytes, random.bytes(1 + random.below(4))])
  const at = kept + random.below(room)
  const left = bytes.length - at
  switch (random.below(10)) {
    case 0:
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
      return bytes
    case 2:
      bytes[at] = pick(bytes8, random)
      return bytes
    case 3:
      if (left >= 2) bytes.writeInt16BE(pick(int16s, random), at)
      return bytes
    case 4:
      if (left >= 4) bytes.writeInt32BE(pick(int32s, random), at)
      return bytes
    case 5:
      return splice(bytes, at, 1, Buffer.from(pick(varints, random)))
    case 6:
      return bytes.subarray(0, at)
    case 7:
      return splice(bytes, at, random.below(Math.min(left, 9)), Buffer.alloc(0))
    case 8:
      return splice(bytes, at, 0, Buffer.alloc(1 + random.below(8), random.below(256)))
    default: {
      const from = random.below(donor.length)
      return splice(bytes, at, 0, donor.subarray(from, from + 1 + random.below(40)))
    }
  }
}

function splice(bytes: Buffer, at: number, removed: number, added: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])
}
