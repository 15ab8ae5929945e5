/**
 * What a member of a classic group does after an answer of the coordinator: a table of errors by call, and the
 * member's identity that follows. Pure; `GroupSession` acts on it.
 */
import type { KafkaErrorCode } from '../../errors.ts'

/** Who we are in the group. */
export interface Member {
  readonly memberId: string
  /** −1 outside of a generation. */
  readonly generation: number
}

export const noMember: Member = { memberId: '', generation: -1 }

/** The calls whose answers matter. */
export type GroupCall = 'join' | 'sync' | 'heartbeat' | 'commit'

export interface Reaction {
  /**
   * `join`: join (again) at once. `retry`: the same after a backoff. `carry-on`: the membership stands.
   * `stop`: the error goes to the user.
   */
  readonly next: 'join' | 'retry' | 'carry-on' | 'stop'
  readonly member: Member
  /** Partitions belong to someone else already: nothing of them may be committed. */
  readonly isLost: boolean
  readonly forgetsCoordinator: boolean
}

/** The coordinator is not there, or somewhere else. */
const coordinatorIsGone = new Set<KafkaErrorCode>([
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'CONNECTION',
  'TIMEOUT',
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
])

/** What `code` in the answer to `call` means for `member`. */
export function react(call: GroupCall, code: KafkaErrorCode, member: Member): Reaction {
  // The generation may well stand at the next coordinator: a later heartbeat will tell.
  const wait = call === 'heartbeat' || call === 'commit' ? 'carry-on' : 'retry'
  if (coordinatorIsGone.has(code)) return reaction(wait, member, { forgetsCoordinator: true })
  if (code === 'COORDINATOR_LOAD_IN_PROGRESS') return reaction(wait, member)
  if (code === 'REBALANCE_IN_PROGRESS') return reaction('join', member)
  if (code === 'ILLEGAL_GENERATION')
    return reaction('join', { ...member, generation: -1 }, { isLost: true })
  if (code === 'UNKNOWN_MEMBER_ID') return reaction('join', noMember, { isLost: true })
  if (code === 'FENCED_INSTANCE_ID') return reaction('stop', noMember, { isLost: true })
  return reaction('stop', member)
}

function reaction(
  next: Reaction['next'],
  member: Member,
  rest: { isLost?: boolean; forgetsCoordinator?: boolean } = {},
): Reaction {
  return {
    next,
    member,
    isLost: rest.isLost ?? false,
    forgetsCoordinator: rest.forgetsCoordinator ?? false,
  }
}
