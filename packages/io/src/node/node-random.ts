/** Randomness of the operating system. */
import { randomBytes, randomInt } from 'node:crypto'
import type { Random } from '@moldau/base'

export const nodeRandom: Random = {
  below: limit => randomInt(limit),
  fraction: () => Math.random(),
  bytes: length => randomBytes(length),
}
