/** The files beside the last segment of a log that rolls or closes: indexes that are complete, and the producers at its end. */
import type { LogContents, OpenOptions } from './log-contents.ts'
import { writeSnapshot } from './producer-snapshots.ts'
import type { Segment } from './segment.ts'
import { segmentPath, Suffix } from './segment-files.ts'

/** Writes them. Not synced. @throws system errors */
export function finishFiles(opening: OpenOptions, contents: LogContents, segment: Segment): void {
  segment.finish()
  const { logEndOffset, producers } = contents
  if (opening.tracksProducers && logEndOffset > 0)
    writeSnapshot(opening.shared.files, opening.folder, logEndOffset, producers.values())
}

/** Writes them for a log that closes, unless they are there. The segment whose files are to be synced. */
export function finishFilesOnce(
  opening: OpenOptions,
  contents: LogContents,
  hasChanged: boolean,
): Segment | undefined {
  const active = contents.segments.at(-1)
  if (active === undefined) return undefined
  if (!hasChanged && areFilesFinished(opening, contents, active)) return undefined
  finishFiles(opening, contents, active)
  return active
}

/** Whether they are there, for a log that has not changed since it was opened. */
function areFilesFinished(opening: OpenOptions, contents: LogContents, segment: Segment): boolean {
  if (!segment.areIndexesWritten) return false
  if (!opening.tracksProducers) return true
  const path = segmentPath(opening.folder, contents.logEndOffset, Suffix.snapshot)
  return opening.shared.files.exists(path)
}
