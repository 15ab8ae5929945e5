/** The real world: this machine. */
import type { World } from '../world.ts'
import { handleLimit, shareOf } from './handle-limit.ts'
import { memoryLimit } from './memory-limit.ts'
import { nodeClock, nodeTimers } from './node-clock.ts'
import { nodeFiles } from './node-files.ts'
import { nodeNetwork } from './node-network.ts'
import { nodeRandom } from './node-random.ts'

/** Clock, timers, randomness, files and network of the operating system. */
export function nodeWorld(): World {
  return {
    clock: nodeClock,
    timers: nodeTimers,
    random: nodeRandom,
    files: nodeFiles,
    network: nodeNetwork,
    handlesMax: shareOf(handleLimit()),
    memoryBytes: memoryLimit(),
  }
}
