/** A member of a classic group: what it told when it joined, what it was assigned, and what it waits for. */
import type { JoinGroupRequest } from '@moldau/protocol'
import type { Reply, TimerEvent } from '../../runtime/core/turn.ts'
import { type JoinAnswer, noBytes, type SyncAnswer } from './group-responses.ts'

/** A protocol (an assignor) that a member offers, with what it says about itself in it. */
export type ClassicProtocol = JoinGroupRequest['protocols'][number]

/** A member, or one that was only given an id, was not heard of in time. */
export interface SessionTimer extends TimerEvent {
  readonly kind: 'session'
  readonly groupId: string
  readonly memberId: string
}

/** What a member is made of. */
export interface ClassicMemberFields {
  readonly groupId: string
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly protocols: readonly ClassicProtocol[]
}

export class ClassicMember {
  readonly groupId: string
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  protocols: readonly ClassicProtocol[]
  assignment: Buffer = noBytes
  /** It has not got the answer to its first JoinGroup: it cannot send heartbeats yet. */
  isNew = false
  joinReply: Reply<JoinAnswer> | undefined
  syncReply: Reply<SyncAnswer> | undefined
  readonly session: SessionTimer

  constructor(fields: ClassicMemberFields) {
    this.groupId = fields.groupId
    this.memberId = fields.memberId
    this.groupInstanceId = fields.groupInstanceId
    this.clientId = fields.clientId
    this.clientHost = fields.clientHost
    this.rebalanceTimeoutMs = fields.rebalanceTimeoutMs
    this.sessionTimeoutMs = fields.sessionTimeoutMs
    this.protocols = fields.protocols
    this.session = { kind: 'session', groupId: fields.groupId, memberId: fields.memberId }
  }

  get isStatic(): boolean {
    return this.groupInstanceId !== null
  }

  /** A member that waits is alive: its connection is. New ones excepted, which may have gone unnoticed. */
  get keepsSessionByWaiting(): boolean {
    return !this.isNew && (this.joinReply !== undefined || this.syncReply !== undefined)
  }

  /** What the member says about itself in a protocol. */
  metadata(protocolName: string): Buffer {
    return this.protocols.find(({ name }) => name === protocolName)?.metadata ?? noBytes
  }

  /** The same protocols, in the same order, with the same contents. */
  offers(protocols: readonly ClassicProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, i) => {
        const own = this.protocols[i]
        return own !== undefined && own.name === name && own.metadata.equals(metadata)
      })
    )
  }
}
