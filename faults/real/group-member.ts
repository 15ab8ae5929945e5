/** The one member of a consumer group: joins, then sends heartbeats, and notes whether the coordinator dropped it. */
import { Apis, ErrorCode, errorName } from '../../packages/protocol/src/index.ts'
import { RawConnection } from '../../packages/testing/src/index.ts'
import { pause } from './fault-result.ts'

const HEARTBEAT_MS = 300
const JOIN_TRIES = 200

export class GroupMember {
  readonly #connection: RawConnection
  readonly #groupId: string
  readonly #beating: Promise<void>
  #memberId = ''
  #generationId = -1
  #isStopped = false
  /** Heartbeats that were answered well. */
  beats = 0
  /** How often it had to join again, and why. */
  readonly drops: string[] = []

  private constructor(connection: RawConnection, groupId: string) {
    this.#connection = connection
    this.#groupId = groupId
    this.#beating = this.#beat()
  }

  static async join(port: number, groupId: string, sessionTimeoutMs: number): Promise<GroupMember> {
    const member = new GroupMember(await RawConnection.open(port), groupId)
    await member.#join(sessionTimeoutMs)
    return member
  }

  async leave(): Promise<void> {
    this.#isStopped = true
    await this.#beating
    if (this.drops.length === 0)
      await this.#connection.request(Apis.LeaveGroup, 2, {
        groupId: this.#groupId,
        memberId: this.#memberId,
      })
    this.#connection.destroy()
  }

  async #join(sessionTimeoutMs: number): Promise<void> {
    const coordinator = { keyType: 0, coordinatorKeys: [this.#groupId] }
    for (let i = 0; i < JOIN_TRIES; i++) {
      const found = await this.#connection.request(Apis.FindCoordinator, 4, coordinator)
      if (found.coordinators[0]?.errorCode !== ErrorCode.NONE) {
        await pause(20)
        continue
      }
      const joined = await this.#connection.request(Apis.JoinGroup, 3, {
        groupId: this.#groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs: sessionTimeoutMs,
        memberId: '',
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
      })
      if (joined.errorCode !== ErrorCode.NONE) {
        await pause(20)
        continue
      }
      const synced = await this.#connection.request(Apis.SyncGroup, 3, {
        groupId: this.#groupId,
        generationId: joined.generationId,
        memberId: joined.memberId,
        assignments: [{ memberId: joined.memberId, assignment: Buffer.alloc(4) }],
      })
      if (synced.errorCode !== ErrorCode.NONE) continue
      this.#generationId = joined.generationId
      // From now on it sends heartbeats.
      this.#memberId = joined.memberId
      return
    }
    throw new Error(`Cannot join group ${this.#groupId}`)
  }

  async #beat(): Promise<void> {
    while (!this.#isStopped) {
      await pause(HEARTBEAT_MS)
      if (this.#memberId === '' || this.#isStopped) continue
      const { errorCode } = await this.#connection
        .request(Apis.Heartbeat, 3, {
          groupId: this.#groupId,
          generationId: this.#generationId,
          memberId: this.#memberId,
        })
        .catch(() => ({ errorCode: ErrorCode.NETWORK_EXCEPTION }))
      if (errorCode === ErrorCode.NONE) this.beats++
      else {
        this.drops.push(errorName(errorCode))
        return
      }
    }
  }
}
