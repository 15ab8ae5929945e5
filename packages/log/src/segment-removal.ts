/**
 * Takes the files of a segment out of the log: renamed at once, removed when readers have had time to finish.
 */
import type { SharedResources } from './log-environment.ts'
import type { Segment } from './segment.ts'
import { Suffix } from './segment-files.ts'

/** Renames the files now and removes them after `delayMs`. @throws system errors of the renaming */
export function removeLater(shared: SharedResources, segment: Segment, delayMs: number): void {
  const { files, openFiles, loadedIndexes, removals } = shared
  loadedIndexes.forget(segment)
  const paths = segment.existingPaths()
  const snapshot = segment.path(Suffix.snapshot)
  if (files.exists(snapshot)) paths.push(snapshot)
  for (const path of paths) {
    openFiles.drop(path)
    files.rename(path, path + Suffix.deleted)
  }
  if (paths.length === 0) return
  removals.add(
    paths.map(path => path + Suffix.deleted),
    delayMs,
  )
}
