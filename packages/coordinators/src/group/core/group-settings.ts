/** What the operator may set, as the cores of the group coordinator read it. */
export interface GroupSettings {
  /** How long the first rebalance of an empty group waits for more members. */
  readonly initialRebalanceDelayMs: number
  readonly groupSizeMax: number
  /** Longest text that may be stored with an offset, in UTF-16 units. */
  readonly offsetMetadataMax: number
  readonly offsetRetentionMs: number
  /** Longest record that is written. */
  readonly recordBytesMax: number
}

/** How long a JoinGroup of a new member waits; who is still there tries again. */
export const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000

/** How much longer the first rebalance waits for those that were given an id, and have a round trip to make. */
export const PENDING_MEMBERS_WAIT_MS = 100
