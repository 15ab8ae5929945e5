/** The six roles of a node in the quorum, and which may follow which (QuorumState of Kafka 4.3.1). */

/** `unattached`: knows the epoch but no leader. `prospective`: asks whether it could win (KIP-996). */
export type Role = 'unattached' | 'prospective' | 'candidate' | 'leader' | 'follower' | 'resigned'

const legal: Readonly<Record<Role, readonly Role[]>> = {
  unattached: ['unattached', 'prospective', 'candidate', 'follower'],
  prospective: ['unattached', 'candidate', 'follower'],
  candidate: ['unattached', 'prospective', 'candidate', 'leader', 'follower'],
  leader: ['unattached', 'resigned', 'follower'],
  follower: ['unattached', 'prospective', 'candidate', 'follower'],
  resigned: ['unattached', 'prospective', 'candidate', 'follower'],
}

/** True if a node in `from` may turn into `to`. */
export function isLegalTransition(from: Role, to: Role): boolean {
  return legal[from].includes(to)
}
