/**
 * The check of a client's batch whose records decompress to more than an append may take the time for: decompressed by
 * threads where the codec allows it, walked over in turns, and one at a time, so that they cannot fill the memory.
 */
import { DecodeError } from '@moldau/base'
import { inTurns, type World } from '@moldau/io'
import { batch, decompressSlowly, DecompressedTooLargeError } from '@moldau/protocol'
import { checkHeavyRecords, type AppendProblem, type AppendRules } from './core/append-plan.ts'

/** What records may decompress to; less where this part of the memory that the process may use is less. */
const HEAVY_BYTES_MAX = 64 * 1024 * 1024
const HEAVY_MEMORY_SHARE = 1 / 16

/** Ends when the check before it has ended, by world. */
const turns = new WeakMap<World, Promise<unknown>>()

/** What is wrong with the records of a batch whose header is right. */
export function checkHeavyBatch(
  world: World,
  received: Buffer,
  rules: AppendRules,
  subject: string,
): Promise<AppendProblem | undefined> {
  const check = (turns.get(world) ?? Promise.resolve()).then(() =>
    checkNow(world, received, rules, subject),
  )
  turns.set(
    world,
    check.catch(() => undefined),
  )
  return check
}

async function checkNow(
  world: World,
  received: Buffer,
  rules: AppendRules,
  subject: string,
): Promise<AppendProblem | undefined> {
  const { memoryBytes = Infinity } = world
  const bytesMax = Math.floor(Math.min(HEAVY_BYTES_MAX, memoryBytes * HEAVY_MEMORY_SHARE))
  const type = batch.compression(received, 0)
  try {
    const records = await decompressSlowly(type, received.subarray(batch.HEADER_BYTES), bytesMax)
    const now = world.clock.now()
    return await inTurns(checkHeavyRecords(received, records, rules, now, subject), world)
  } catch (error) {
    const message = `Cannot append to ${subject}: ${(error as Error).message}`
    if (error instanceof DecompressedTooLargeError) return { error: 'MESSAGE_TOO_LARGE', message }
    if (error instanceof DecodeError) return { error: 'UNKNOWN_SERVER_ERROR', message }
    throw error
  }
}
