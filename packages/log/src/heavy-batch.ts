/**
 * What comes before the append of a client's batch that takes longer than an append may: its records are checked, and
 * compressed as the topic wants them, while others have their turns.
 */
import { DecodeError } from '@moldau/base'
import { inTurns, type World } from '@moldau/io'
import {
  batch,
  decompressSlowly,
  DecompressedTooLargeError,
  recompressBatchSlowly,
} from '@moldau/protocol'
import {
  checkHeavyHeader,
  checkHeavyRecords,
  checkSize,
  newCompression,
  type AppendProblem,
  type AppendRules,
} from './core/append-plan.ts'
import { heavyBytesMax, oneAtATime, restIn } from './heavy-work.ts'

/** The batch that may be appended, or what is wrong with it. */
export function prepareHeavyBatch(
  world: World,
  received: Buffer,
  rules: AppendRules,
  subject: string,
): Promise<Buffer | AppendProblem> {
  return oneAtATime(world, () => prepareNow(world, received, rules, subject))
}

async function prepareNow(
  world: World,
  received: Buffer,
  rules: AppendRules,
  subject: string,
): Promise<Buffer | AppendProblem> {
  const wrongHeader = checkHeavyHeader(received, subject)
  if (wrongHeader !== undefined) return wrongHeader
  const rest = restIn(world)
  try {
    const type = batch.compression(received, 0)
    const stored = received.subarray(batch.HEADER_BYTES)
    const records = await decompressSlowly(type, stored, heavyBytesMax(world), rest)
    const now = world.clock.now()
    const problem = await inTurns(checkHeavyRecords(received, records, rules, now, subject), world)
    if (problem !== undefined) return problem
    const wanted = newCompression(received, rules)
    if (wanted === undefined) return received
    const { compressionLevel } = rules
    const result = await recompressBatchSlowly(received, records, wanted, compressionLevel, rest)
    return checkSize(result.length, rules, subject) ?? result
  } catch (error) {
    const message = `Cannot append to ${subject}: ${(error as Error).message}`
    if (error instanceof DecompressedTooLargeError) return { error: 'MESSAGE_TOO_LARGE', message }
    if (error instanceof DecodeError) return { error: 'UNKNOWN_SERVER_ERROR', message }
    throw error
  }
}
