/** The `leader-epoch-checkpoint` of a partition: replaced at once while it runs, with all its other files at a clean stop. */
import type { Files } from '@moldau/io'
import { encodeEpochs, LEADER_EPOCH_FILE, readText, writeReplacement } from './checkpoints.ts'
import type { LeaderEpochs } from './core/leader-epochs.ts'

/** Writes it, durably. */
export function storeEpochs(files: Files, folder: string, epochs: LeaderEpochs): void {
  const path = `${folder}/${LEADER_EPOCH_FILE}`
  const text = encodeEpochs(epochs.entries)
  // After a recovery the file mostly holds what was found again.
  if (readText(files, path) !== text) files.replace(path, Buffer.from(text))
  epochs.stored()
}

/** Writes what is to take its place, if that has changed. Not synced. */
export function writeEpochs(files: Files, folder: string, epochs: LeaderEpochs): void {
  if (epochs.isChanged)
    writeReplacement(files, `${folder}/${LEADER_EPOCH_FILE}`, encodeEpochs(epochs.entries))
}
