/**
 * The rules of the quorum, pure: an event in, effects out, to be performed in the order given. Order is the promise:
 * a vote or an epoch is on disk before anyone acts on it, and a leader's first record is its LeaderChange.
 *
 * This is the form for a quorum of one: the only voter elects itself through the same roles that a node among many
 * goes through. What counts votes and positions already takes the majority of the voters, so that further events
 * (votes, fetches of followers) are all that a bigger quorum adds.
 */
import { assert, ZERO_UUID } from '@moldau/base'
import { isLegalTransition, type Role } from './roles.ts'

/** No leader, or no vote. */
export const NOBODY = -1

/** A node with the directory that holds its log. */
export interface ReplicaKey {
  readonly id: number
  readonly directoryId: string
}

/** What must survive a restart (QuorumStateData). */
export interface PersistedQuorumState {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly votedId: number
  readonly votedDirectoryId: string
}

/** What happened. Offsets are ends: one behind the last record. */
export type QuorumEvent =
  | { readonly type: 'start'; readonly logEndOffset: number }
  | { readonly type: 'election-timeout'; readonly logEndOffset: number }
  /** All of the own log below `offset` is on stable storage. */
  | { readonly type: 'durable'; readonly offset: number }
  /** The node is to lead no longer: it stops, or its log failed. */
  | { readonly type: 'resign' }

/** What is to be done, in order. */
export type QuorumEffect =
  | { readonly type: 'persist'; readonly state: PersistedQuorumState }
  | {
      readonly type: 'append-leader-change'
      readonly epoch: number
      readonly grantingVoters: readonly number[]
    }
  | { readonly type: 'advance-high-watermark'; readonly offset: number }
  | { readonly type: 'leader-changed'; readonly leaderId: number; readonly epoch: number }

/** Who this node is and what it remembers. */
export interface QuorumOptions {
  readonly self: ReplicaKey
  /** Ids of the voters. */
  readonly voters: readonly number[]
  readonly persisted: PersistedQuorumState
}

export class Quorum {
  readonly #self: ReplicaKey
  readonly #voters: readonly number[]
  #role: Role
  #epoch: number
  #leaderId: number
  #granted = new Set<number>()
  /** Offset of this leader's first record. */
  #epochStartOffset = 0
  /** Durable log end of each voter, as far as known in this epoch. */
  readonly #durable = new Map<number, number>()
  #highWatermark = 0

  constructor({ self, voters, persisted }: QuorumOptions) {
    this.#self = self
    this.#voters = voters
    this.#epoch = persisted.leaderEpoch
    // A node that led this epoch must not lead it again: it may have lost records of it. It starts as resigned, with
    // the epoch kept, and the next epoch is a new one.
    const wasLeader = persisted.leaderId === self.id
    this.#role = wasLeader ? 'resigned' : 'unattached'
    this.#leaderId = wasLeader ? self.id : NOBODY
  }

  get role(): Role {
    return this.#role
  }

  get epoch(): number {
    return this.#epoch
  }

  /** `NOBODY` while no leader is known. */
  get leaderId(): number {
    return this.#leaderId
  }

  get highWatermark(): number {
    return this.#highWatermark
  }

  /** Takes an event and gives the effects, to be performed in this order before the next event. */
  step(event: QuorumEvent): QuorumEffect[] {
    switch (event.type) {
      case 'start':
        // Nobody else can win: no need to wait for a timeout.
        return this.#isOnlyVoter() ? this.#campaign(event.logEndOffset) : []
      case 'election-timeout':
        return this.#role === 'leader' || !this.#voters.includes(this.#self.id)
          ? []
          : this.#campaign(event.logEndOffset)
      case 'durable':
        this.#durable.set(this.#self.id, event.offset)
        return this.#advanceHighWatermark()
      case 'resign':
        return this.#resign()
    }
  }

  #campaign(logEndOffset: number): QuorumEffect[] {
    this.#turnInto('prospective')
    // With more voters, a pre-vote would be asked for here (KIP-996).
    this.#turnInto('candidate')
    this.#epoch++
    this.#leaderId = NOBODY
    this.#granted = new Set([this.#self.id])
    const vote = { votedId: this.#self.id, votedDirectoryId: this.#self.directoryId }
    const persist: QuorumEffect = {
      type: 'persist',
      state: { leaderId: NOBODY, leaderEpoch: this.#epoch, ...vote },
    }
    return this.#isMajority(this.#granted.size) ? [persist, ...this.#lead(logEndOffset)] : [persist]
  }

  #lead(logEndOffset: number): QuorumEffect[] {
    this.#turnInto('leader')
    this.#leaderId = this.#self.id
    this.#epochStartOffset = logEndOffset
    this.#durable.clear()
    const epoch = this.#epoch
    const leaderId = this.#self.id
    return [
      {
        type: 'persist',
        state: { leaderId, leaderEpoch: epoch, votedId: NOBODY, votedDirectoryId: ZERO_UUID },
      },
      { type: 'append-leader-change', epoch, grantingVoters: [...this.#granted] },
      { type: 'leader-changed', leaderId, epoch },
    ]
  }

  #resign(): QuorumEffect[] {
    if (this.#role !== 'leader') return []
    this.#turnInto('resigned')
    this.#leaderId = NOBODY
    return [{ type: 'leader-changed', leaderId: NOBODY, epoch: this.#epoch }]
  }

  /**
   * The high watermark is the offset that a majority has on stable storage. It only moves once it covers a record of
   * this leader's own epoch: older records count through that one (Raft, section 5.4.2).
   */
  #advanceHighWatermark(): QuorumEffect[] {
    if (this.#role !== 'leader') return []
    const ends = this.#voters.map(id => this.#durable.get(id) ?? 0).toSorted((a, b) => b - a)
    const offset = ends[Math.floor(ends.length / 2)] ?? 0
    if (offset <= this.#epochStartOffset || offset <= this.#highWatermark) return []
    this.#highWatermark = offset
    return [{ type: 'advance-high-watermark', offset }]
  }

  #isOnlyVoter(): boolean {
    return this.#voters.length === 1 && this.#voters[0] === this.#self.id
  }

  #isMajority(count: number): boolean {
    return count > Math.floor(this.#voters.length / 2)
  }

  #turnInto(role: Role): void {
    assert(
      isLegalTransition(this.#role, role),
      `A node of the quorum turned from ${this.#role} into ${role}`,
    )
    this.#role = role
  }
}
