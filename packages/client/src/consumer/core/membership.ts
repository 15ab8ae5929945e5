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

/** What `error` in the answer to `call` means for `member`. */
export function react(call: GroupCall, code: KafkaErrorCode, member: Member): Reaction {
  switch (code) {
    case 'COORDINATOR_NOT_AVAILABLE':
    case 'NOT_COORDINATOR':
    case 'CONNECTION':
    case 'TIMEOUT':
    case 'NETWORK_EXCEPTION':
    case 'REQUEST_TIMED_OUT':
      // The generation may well stand at the next coordinator: a heartbeat will tell.
      return reaction(call === 'heartbeat' || call === 'commit' ? 'carry-on' : 'retry', member, {
        forgetsCoordinator: true,
      })
    case 'COORDINATOR_LOAD_IN_PROGRESS':
      return reaction(call === 'heartbeat' || call === 'commit' ? 'carry-on' : 'retry', member)
    case 'REBALANCE_IN_PROGRESS':
      return reaction('join', member)
    case 'ILLEGAL_GENERATION':
      return reaction('join', { ...member, generation: -1 }, { isLost: true })
    case 'UNKNOWN_MEMBER_ID':
      return reaction('join', noMember, { isLost: true })
    case 'FENCED_INSTANCE_ID':
      return reaction('stop', noMember, { isLost: true })
    default:
      return reaction('stop', member)
  }
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
