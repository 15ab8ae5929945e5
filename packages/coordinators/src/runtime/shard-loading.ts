/** Reads a shard back: batches of its partition into the calls of a state machine. */
import { batch, decodeControlKey, readBatches, readRecords } from '@moldau/protocol'
import type { StateMachine } from './core/state-machine.ts'

/** Replays all batches, as long as `isWanted` says so. @throws DecodeError, or what the storage throws */
export async function replayInto(
  machine: StateMachine,
  batches: AsyncIterable<Buffer>,
  isWanted: () => boolean,
): Promise<void> {
  for await (const buffer of batches) {
    if (!isWanted()) return
    for (const { at } of readBatches(buffer)) replayBatch(machine, buffer, at)
  }
}

function replayBatch(machine: StateMachine, buffer: Buffer, at: number): void {
  const producerId = batch.producerId(buffer, at)
  if (batch.isControl(buffer, at)) {
    for (const { key } of readRecords(buffer, at)) {
      const type = key === null ? undefined : decodeControlKey(key)
      if (type === 'commit' || type === 'abort') machine.replayMarker(producerId, type === 'commit')
    }
    return
  }
  const transactionOf = batch.isTransactional(buffer, at) ? producerId : undefined
  for (const { key, value } of readRecords(buffer, at)) {
    // A coordinator writes no record without a key.
    if (key !== null) machine.replay({ key, value, transactionOf })
  }
}
