/** What a node finds on disk when it opens: vote, snapshots, and kraft.version and voters out of snapshot and log. */
import { ZERO_UUID } from '@moldau/base'
import type { PersistedQuorumState } from './core/quorum.ts'
import { votersOf, type Voter } from './core/voters.ts'
import { readQuorumState } from './quorum-state-file.ts'
import { METADATA_TOPIC, type RaftLog } from './raft-log.ts'
import type { RaftNodeOptions } from './raft-node.ts'
import { listSnapshots, readSnapshot, snapshotName, type SnapshotId } from './snapshot-files.ts'

/** What was found on disk. */
export interface LoadedRaftState {
  readonly folder: string
  readonly log: RaftLog
  readonly persisted: PersistedQuorumState
  readonly snapshots: (SnapshotId & { readonly sizeInBytes: number })[]
  readonly kraftVersion: number
  readonly voters: readonly Voter[]
  readonly votersOnlyInSnapshot: boolean
  readonly bytesSinceSnapshot: number
}

/** Reads it all. @throws Error in one sentence for a log that is damaged or cannot be served */
export async function loadRaftState(
  options: RaftNodeOptions,
  log: RaftLog,
): Promise<LoadedRaftState> {
  const { files } = options.world
  const folder = `${options.directory}/${METADATA_TOPIC}-0`
  files.makeDirectory(folder)
  const persisted = readQuorumState(files, `${folder}/quorum-state`)
  const snapshots = listSnapshots(files, folder).map(id => ({
    ...id,
    sizeInBytes: files.size(`${folder}/${snapshotName(id)}`),
  }))
  let kraftVersion = 0
  let voters: readonly Voter[] | undefined
  let votersOnlyInSnapshot = false
  const newest = snapshots.at(-1)
  if (newest !== undefined) {
    for (const batch of readSnapshot(files, `${folder}/${snapshotName(newest)}`).batches) {
      kraftVersion = batch.kraftVersion ?? kraftVersion
      if (batch.voters === undefined) continue
      voters = votersOf(batch.voters)
      votersOnlyInSnapshot = newest.endOffset === 0
    }
  }
  const start = newest?.endOffset ?? 0
  if (log.endOffset < start || log.startOffset > start) {
    throw new Error(
      `Cannot open ${folder}: the log holds offsets ${log.startOffset} to ${log.endOffset}, but its newest snapshot ends at ${start}`,
    )
  }
  let bytesSinceSnapshot = 0
  for await (const batch of log.batches(start, log.endOffset)) {
    bytesSinceSnapshot += batch.sizeInBytes
    kraftVersion = batch.kraftVersion ?? kraftVersion
    if (batch.voters === undefined) continue
    voters = votersOf(batch.voters)
    votersOnlyInSnapshot = false
  }
  if (kraftVersion > 1)
    throw new Error(
      `Cannot open ${folder}: its kraft.version ${kraftVersion} is above 1, the highest that Moldau knows`,
    )
  const found = kraftVersion === 0 ? staticVoters(options, persisted.currentVoters) : (voters ?? [])
  checkVoters(found, options)
  return {
    folder,
    log,
    persisted,
    snapshots,
    kraftVersion,
    voters: found,
    votersOnlyInSnapshot,
    bytesSinceSnapshot,
  }
}

function staticVoters(
  { staticVoters: ids, nodeId }: RaftNodeOptions,
  stored: readonly number[] | undefined,
): Voter[] {
  return (ids ?? stored ?? [nodeId]).map(id => ({ id, directoryId: ZERO_UUID, endpoints: [] }))
}

/** So far a node serves a quorum in which it is the only voter. */
function checkVoters(
  voters: readonly Voter[],
  { nodeId, directoryId, directory }: RaftNodeOptions,
): void {
  const [only] = voters
  if (voters.length !== 1 || only?.id !== nodeId) {
    const ids = voters.map(voter => voter.id).join(', ')
    throw new Error(
      `Cannot open ${directory}: the voters of its quorum are ${ids || 'unknown'}; Moldau serves a quorum of node ${nodeId} alone so far`,
    )
  }
  if (only.directoryId !== ZERO_UUID && only.directoryId !== directoryId) {
    throw new Error(
      `Cannot open ${directory}: node ${nodeId} votes with directory ${only.directoryId}, but this one is ${directoryId}`,
    )
  }
}
