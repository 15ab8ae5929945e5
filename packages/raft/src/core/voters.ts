/** The voters of the quorum: ids alone (kraft.version 0), or with the directory that holds their log (1, KIP-853). */
import type { MessageInput, VotersRecord } from '@moldau/protocol'

/** Where a controller can be reached. */
export interface ControllerEndpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** One voter. `directoryId` is zero under kraft.version 0. */
export interface Voter {
  readonly id: number
  readonly directoryId: string
  readonly endpoints: readonly ControllerEndpoint[]
}

/** Levels of kraft.version that this node can vote under. */
const KRAFT_VERSIONS = { minSupportedVersion: 0, maxSupportedVersion: 1 } as const

/** The voters in a control record. */
export function votersOf(record: VotersRecord): Voter[] {
  return record.voters.map(({ voterId, voterDirectoryId, endpoints }) => ({
    id: voterId,
    directoryId: voterDirectoryId,
    endpoints: endpoints.map(({ name, host, port }) => ({ name, host, port })),
  }))
}

/** The body of the control record that holds `voters`. */
export function votersBody(voters: readonly Voter[]): MessageInput<typeof VotersRecord> {
  return {
    version: 0,
    voters: voters.map(voter => ({
      voterId: voter.id,
      voterDirectoryId: voter.directoryId,
      endpoints: voter.endpoints.map(endpoint => ({ ...endpoint })),
      kRaftVersionFeature: { ...KRAFT_VERSIONS },
    })),
  }
}
