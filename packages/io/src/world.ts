/**
 * Everything outside of our own logic, in one bag. A broker, a controller or a client is given a World and touches
 * nothing else: the real one by `nodeWorld()`, a seeded one by `simulatedWorld(seed)`.
 */
import type { Clock, Random, Timers } from '@moldau/base'
import type { Files } from './files.ts'
import type { Network } from './network.ts'

export interface World {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly files: Files
  readonly network: Network
  /** Open files that a pool of them may hold, and connections that may be accepted; no limit where it is left out. */
  readonly handlesMax?: number
  /** Memory that this process may use: budgets of buffers and caches are parts of it. No limit where it is left out. */
  readonly memoryBytes?: number
}
