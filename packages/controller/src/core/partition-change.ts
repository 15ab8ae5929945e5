/**
 * The subtle part of leadership, in one place: given a partition and what happened to it, the record that gives it its
 * next ISR, leader, and eligible leader replicas (KIP-966), or nothing if all stays (`PartitionChangeBuilder` of
 * Kafka 4.3.1). Reassignments are not served yet: adding and removing replicas are left as they are.
 */
import { NO_LEADER, type MetadataRecordInput, type PartitionRegistration } from '@moldau/metadata'

/** What one may elect: `online` an ISR member, `preferred` the first replica if it is one, `unclean` anyone who lives. */
export type Election = 'online' | 'preferred' | 'unclean'

/** A partition and what is to become of it. */
export interface PartitionChange {
  readonly topicId: string
  readonly partitionId: number
  readonly partition: PartitionRegistration
  readonly election: Election
  /** The wanted ISR; as it is by default. */
  readonly isr?: readonly number[]
  /** The wanted recovery state; as it is by default. */
  readonly leaderRecoveryState?: number
  /** The wanted directories; as they are by default. */
  readonly directories?: readonly string[]
  /** Brokers that may have lost records when they stopped: out of the ELR. */
  readonly uncleanBrokers?: readonly number[]
  readonly minInSyncReplicas: number
  readonly hasElr: boolean
  readonly recordVersion: number
  /** True if the broker lives and may lead. */
  isAcceptable(brokerId: number): boolean
}

const RECOVERED = 0
const RECOVERING = 1

/** Parts of the next state. */
interface Target {
  isr: readonly number[]
  elr: readonly number[]
  lastKnownElr: readonly number[]
  leader: number
  leaderRecoveryState: number
}

type ChangeBody = Extract<MetadataRecordInput, { type: 'PartitionChangeRecord' }>['value']

/** The record to be written; undefined when nothing changes. */
export function changePartition(change: PartitionChange): MetadataRecordInput | undefined {
  const { topicId, partitionId, partition, directories, recordVersion } = change
  const target = targetOf(change)
  const body: ChangeBody = {
    partitionId,
    topicId,
    ...(!sameList(target.isr, partition.isr) && { isr: [...target.isr] }),
    ...(needsLeaderRecord(target, change) && { leader: target.leader }),
    ...(target.leaderRecoveryState !== partition.leaderRecoveryState && {
      leaderRecoveryState: target.leaderRecoveryState,
    }),
    ...(directories !== undefined &&
      !sameList(directories, partition.directories) && { directories: [...directories] }),
    ...(!sameList(target.elr, partition.eligibleLeaderReplicas) && {
      eligibleLeaderReplicas: [...target.elr],
    }),
    ...(!sameList(target.lastKnownElr, partition.lastKnownElr) && {
      lastKnownElr: [...target.lastKnownElr],
    }),
  }
  if (Object.keys(body).length === 2) return undefined
  return { type: 'PartitionChangeRecord', version: recordVersion, value: body }
}

function targetOf(change: PartitionChange): Target {
  const { partition, hasElr } = change
  const wanted = change.isr ?? partition.isr
  // Without ELR the last member stays in the ISR: it alone is known to have every record.
  const isr = wanted.length === 0 && !hasElr ? partition.isr : wanted
  const target: Target = {
    isr,
    elr: [],
    lastKnownElr: [],
    leader: partition.leader,
    leaderRecoveryState: change.leaderRecoveryState ?? partition.leaderRecoveryState,
  }
  if (hasElr) setEligibleReplicas(change, target)
  elect(change, target)
  return target
}

/**
 * Who left the ISR while it was below the minimum still has every committed record, unless it stopped uncleanly. When
 * the ISR becomes empty, the leader of then is remembered: it may lead again when no eligible replica is left.
 */
function setEligibleReplicas(change: PartitionChange, target: Target): void {
  const { partition, uncleanBrokers = [] } = change
  if (target.isr.length >= neededInSync(change)) return
  const candidates = new Set([...partition.isr, ...partition.eligibleLeaderReplicas])
  target.elr = [...candidates].filter(
    id => !target.isr.includes(id) && !uncleanBrokers.includes(id),
  )
  const becomesLeaderless = target.isr.length === 0 && partition.leader !== NO_LEADER
  target.lastKnownElr = becomesLeaderless ? [partition.leader] : partition.lastKnownElr
}

/** As many in-sync replicas as there have to be. */
function neededInSync({ minInSyncReplicas, partition }: PartitionChange): number {
  return Math.min(minInSyncReplicas, partition.replicas.length)
}

function elect(change: PartitionChange, target: Target): void {
  const { partition, election } = change
  const { replicas, leader } = partition
  const preferred = replicas[0] as number
  const mayLead = (id: number) =>
    (target.isr.includes(id) || isElectableFromElr(id, target)) && change.isAcceptable(id)
  if (election === 'preferred' && mayLead(preferred)) return setLeader(change, target, preferred)
  if (leader !== NO_LEADER && mayLead(leader)) return setLeader(change, target, leader)
  const next = replicas.find(mayLead)
  if (next !== undefined) return setLeader(change, target, next)
  const survivor =
    election === 'unclean'
      ? replicas.find(id => change.isAcceptable(id))
      : lastKnownLeader(change, target)
  if (survivor === undefined) {
    target.leader = NO_LEADER
    return
  }
  target.isr = [survivor]
  target.elr = []
  target.lastKnownElr = []
  target.leader = survivor
  target.leaderRecoveryState = RECOVERING
}

function setLeader(change: PartitionChange, target: Target, leader: number): void {
  target.leader = leader
  if (target.isr.includes(leader)) return
  // From the ELR: it has every committed record, so nothing is to be recovered.
  target.isr = [leader]
  target.elr = target.elr.filter(id => id !== leader)
  target.leaderRecoveryState = RECOVERED
  if (target.isr.length >= neededInSync(change)) {
    target.elr = []
    target.lastKnownElr = []
  }
}

function isElectableFromElr(id: number, target: Target): boolean {
  return target.isr.length === 0 && target.elr.includes(id)
}

/** When ISR and ELR are empty and one last leader is known, it may lead again: nobody else can know more. */
function lastKnownLeader(change: PartitionChange, target: Target): number | undefined {
  if (
    !change.hasElr ||
    target.isr.length > 0 ||
    target.elr.length > 0 ||
    target.lastKnownElr.length !== 1
  )
    return undefined
  const [id] = target.lastKnownElr
  return id !== undefined && change.isAcceptable(id) ? id : undefined
}

/** A leader that stays is not written, unless replicas left the ISR under ELR rules of old versions: never here. */
function needsLeaderRecord(target: Target, { partition }: PartitionChange): boolean {
  return target.leader !== partition.leader
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
