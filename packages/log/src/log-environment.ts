/**
 * What partition logs share and what they are given by their directory. Everything with a limit for all partitions
 * together lives here: open files, memory of hot tails, read buffers, syncs at once.
 */
import type { Logger } from '@moldau/base'
import type { FileDone, World } from '@moldau/io'
import { DelayedRemovals } from './delayed-removals.ts'
import { FolderWork } from './folder-work.ts'
import type { FreeSpace } from './free-space.ts'
import { TailBudget } from './hot-tail.ts'
import { OpenFiles } from './open-files.ts'
import { ReadBuffers } from './read-buffers.ts'
import { LoadedIndexes, type SegmentStore } from './segment.ts'
import { SyncScheduler } from './sync-scheduler.ts'
import { TickQueue } from './tick-queue.ts'
import { WriteCost } from './write-cost.ts'

/** Shared by all directories of a broker. */
export interface SharedResources extends SegmentStore {
  readonly world: World
  readonly logger: Logger
  readonly tails: TailBudget
  readonly readBuffers: ReadBuffers
  readonly ticks: TickQueue
  readonly removals: DelayedRemovals
  readonly folders: FolderWork
  /** Bytes after which a log is synced although nobody waits for it: bounds dirty pages, and what recovery reads. */
  readonly unsyncedBytesMax: number
  /** Distance from the end of a segment within which bytes written by this process count as cached. */
  readonly cachedBytesMax: number
  /** How long a producer that does not write is remembered. */
  readonly producerExpirationMs: number
}

/** A directory, as its partition logs see it. */
export interface LogHome {
  readonly directory: string
  readonly shared: SharedResources
  readonly syncs: SyncScheduler
  readonly cost: WriteCost
  readonly space: FreeSpace
  /** Makes the names of the partitions' folders durable. */
  syncNames(done: FileDone): void
  /** Makes it known durably that the log now ends at `offset`, before it is cut. */
  lowerDurable(topic: string, partition: number, offset: number): void
  readonly hasFailed: boolean
  /** Runs `task` when a checkpoint that is written from now on is durable. */
  afterCheckpoint(task: () => void): void
  /** A write or a sync went wrong: every log of the directory stops. */
  failed(error: Error): void
}

/** Of the memory that the process may use, hot tails take this part at most. */
const TAIL_MEMORY_SHARE = 1 / 16
/** Buffers of reads that are kept for others, at most, and as a part of the memory. */
const READ_BUFFER_BYTES_MAX = 64 * 1024 * 1024
const READ_BUFFER_MEMORY_SHARE = 1 / 32
/** Bytes that one log leaves to the page cache alone, at most, and as a part of the memory. */
const UNSYNCED_BYTES_MAX = 512 * 1024 * 1024
const UNSYNCED_MEMORY_SHARE = 1 / 16

/** What the process has written lately is taken to be in the page cache, as far as this part of the memory holds it. */
const CACHED_MEMORY_SHARE = 1 / 8

/** Limits of the shared resources. */
export interface SharedLimits {
  readonly openFilesMax: number
  readonly tailBytesMax: number
  /** Forever by default. */
  readonly producerExpirationMs?: number
}

export function sharedResources(
  world: World,
  logger: Logger,
  limits: SharedLimits,
): SharedResources {
  const { memoryBytes = Infinity } = world
  return {
    world,
    files: world.files,
    logger,
    openFiles: new OpenFiles(
      world.files,
      Math.min(limits.openFilesMax, world.handlesMax ?? Infinity),
    ),
    loadedIndexes: new LoadedIndexes(),
    tails: new TailBudget(Math.min(limits.tailBytesMax, memoryBytes * TAIL_MEMORY_SHARE)),
    readBuffers: new ReadBuffers(
      Math.min(READ_BUFFER_BYTES_MAX, memoryBytes * READ_BUFFER_MEMORY_SHARE),
    ),
    ticks: new TickQueue(world.timers),
    removals: new DelayedRemovals(world, logger),
    folders: new FolderWork(world),
    unsyncedBytesMax: Math.min(UNSYNCED_BYTES_MAX, memoryBytes * UNSYNCED_MEMORY_SHARE),
    cachedBytesMax: memoryBytes * CACHED_MEMORY_SHARE,
    producerExpirationMs: limits.producerExpirationMs ?? Infinity,
  }
}
