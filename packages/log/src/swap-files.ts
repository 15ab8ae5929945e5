/**
 * Finishes or undoes what a cleaner was doing when it was stopped, by Kafka's rules: `.cleaned` files and everything
 * not yet agreed on go; a `.swap` segment replaces the segments whose offsets it covers.
 */
import { BatchScanner } from './batch-scanner.ts'
import type { SharedResources } from './log-environment.ts'
import { offsetOfName, segmentPath, Suffix } from './segment-files.ts'

const CLEANED = '.cleaned'
const SWAP = '.swap'
/** Suffixes of the files of a segment, the log first. */
export const segmentSuffixes = [
  Suffix.log,
  Suffix.offsetIndex,
  Suffix.timeIndex,
  Suffix.abortedIndex,
]

/** Leaves only finished files in the folder of a partition. */
export function finishSwaps(shared: SharedResources, folder: string): void {
  const { files } = shared
  const names = files.list(folder).map(entry => entry.name)
  let lowestCleaned = Infinity
  for (const name of names) {
    if (name.endsWith(CLEANED)) {
      const offset = Number.parseInt(name, 10)
      if (offset < lowestCleaned) lowestCleaned = offset
    }
    if (name.endsWith(CLEANED) || name.endsWith(Suffix.deleted)) files.remove(`${folder}/${name}`)
  }
  const swaps = names.filter(name => name.endsWith(SWAP))
  if (swaps.length === 0) return
  for (const name of swaps)
    if (Number.parseInt(name, 10) >= lowestCleaned) files.remove(`${folder}/${name}`)
  const logs = swaps
    .map(name => offsetOfName(name, Suffix.log + SWAP))
    .filter(offset => offset !== undefined && offset < lowestCleaned)
  for (const base of logs) removeReplaced(shared, folder, names, base!)
  for (const name of swaps) {
    const path = `${folder}/${name}`
    if (files.exists(path)) files.rename(path, path.slice(0, -SWAP.length))
  }
  files.syncDirectory(folder)
}

function removeReplaced(
  shared: SharedResources,
  folder: string,
  names: readonly string[],
  base: number,
): void {
  const { files } = shared
  const path = segmentPath(folder, base, Suffix.log + SWAP)
  const file = files.open(path, 'read')
  const scanner = new BatchScanner(file, {
    from: 0,
    to: file.size(),
    nextOffset: base,
    checksCrc: false,
  })
  while (scanner.next());
  file.close()
  for (const name of names) {
    const offset = offsetOfName(name, Suffix.log)
    if (offset === undefined || offset < base || offset >= scanner.nextOffset) continue
    for (const suffix of segmentSuffixes) files.remove(segmentPath(folder, offset, suffix))
  }
}
