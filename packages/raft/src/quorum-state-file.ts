/** The file `quorum-state`: epoch, leader and vote, as the JSON of Kafka's QuorumStateData. Replaced as a whole. */
import { ZERO_UUID } from '@moldau/base'
import type { Files } from '@moldau/io'
import { NOBODY, type PersistedQuorumState } from './core/quorum.ts'

const initial: PersistedQuorumState = {
  leaderId: NOBODY,
  leaderEpoch: 0,
  votedId: NOBODY,
  votedDirectoryId: ZERO_UUID,
}

/** The state as stored; under kraft.version 0 with the voters that it was stored for. */
export type StoredQuorumState = PersistedQuorumState & {
  readonly currentVoters?: readonly number[]
}

/** Reads the file; the state of a new node when it is missing. @throws Error when it cannot be understood */
export function readQuorumState(files: Files, path: string): StoredQuorumState {
  if (!files.exists(path)) return initial
  try {
    const data = JSON.parse(files.readAll(path).toString('utf8')) as Record<string, unknown>
    const version = integer(data, 'data_version')
    if (version !== 0 && version !== 1) throw new Error(`data_version ${version} is not 0 or 1`)
    const directory = version === 0 ? ZERO_UUID : data['votedDirectoryId']
    if (typeof directory !== 'string') throw new Error('votedDirectoryId is not a text')
    return {
      leaderId: integer(data, 'leaderId'),
      leaderEpoch: integer(data, 'leaderEpoch'),
      votedId: integer(data, 'votedId'),
      votedDirectoryId: directory,
      ...(Array.isArray(data['currentVoters']) && {
        currentVoters: voterIds(data['currentVoters']),
      }),
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Cannot read the vote and epoch in ${path}: ${reason}`, { cause })
  }
}

/**
 * Writes the file; when this returns, it is on stable storage. `staticVoters` are given under kraft.version 0: the
 * format is data_version 0 then, as Kafka 4.3.1 writes it (with the voters, without the directory of the vote).
 */
export function writeQuorumState(
  files: Files,
  path: string,
  state: PersistedQuorumState,
  staticVoters: readonly number[] | undefined,
): void {
  const { leaderId, leaderEpoch, votedId, votedDirectoryId } = state
  const currentVoters = staticVoters?.map(voterId => ({ voterId }))
  const data =
    currentVoters === undefined
      ? { leaderId, leaderEpoch, votedId, votedDirectoryId, data_version: 1 }
      : {
          clusterId: '',
          leaderId,
          leaderEpoch,
          votedId,
          appliedOffset: 0,
          currentVoters,
          data_version: 0,
        }
  files.replace(path, Buffer.from(JSON.stringify(data)))
}

function integer(data: Record<string, unknown>, name: string): number {
  const value = data[name]
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new Error(`${name} is not an integer`)
  return value
}

function voterIds(voters: readonly unknown[]): number[] {
  return voters.map(voter => integer(voter as Record<string, unknown>, 'voterId'))
}
