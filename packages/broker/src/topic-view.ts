/**
 * How the metadata image looks from a listener: which brokers can be reached over it, and what that means for each
 * partition. Metadata, DescribeTopicPartitions, DescribeCluster and FindCoordinator answer from here.
 */
import { topicNameProblem } from '@moldau/controller'
import {
  LOST_DIRECTORY,
  MIGRATING_DIRECTORY,
  NO_LEADER,
  UNASSIGNED_DIRECTORY,
  type BrokerRegistration,
  type ClusterImage,
  type PartitionRegistration,
} from '@moldau/metadata'
import type { ErrorName } from '@moldau/protocol'

/** A broker as a client of one listener sees it. */
export interface BrokerNode {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

const INTERNAL_TOPICS: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** Whether a topic belongs to Kafka itself. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL_TOPICS.has(name)
}

/** The error for a topic that is not there: its name may be impossible. */
export function missingTopicError(name: string): ErrorName {
  return topicNameProblem(name) === undefined
    ? 'UNKNOWN_TOPIC_OR_PARTITION'
    : 'INVALID_TOPIC_EXCEPTION'
}

/** The address of a registered broker on a listener, fenced or not. */
export function nodeOf(
  broker: BrokerRegistration | undefined,
  listenerName: string,
): BrokerNode | undefined {
  const endPoint = broker?.endPoints.find(candidate => candidate.name === listenerName)
  if (broker === undefined || endPoint === undefined) return undefined
  return { id: broker.id, host: endPoint.host, port: endPoint.port, rack: broker.rack }
}

/** Brokers that take requests over a listener, by id. */
export function aliveBrokers(image: ClusterImage, listenerName: string): BrokerNode[] {
  const nodes: BrokerNode[] = []
  for (const broker of image.brokers) {
    const node = broker.fenced ? undefined : nodeOf(broker, listenerName)
    if (node !== undefined) nodes.push(node)
  }
  return nodes.sort((a, b) => a.id - b.id)
}

/** The broker to tell clients as controller: a live one, since they cannot reach the real one. -1 for none. */
export function controllerForClients(alive: readonly BrokerNode[], own: number): number {
  return alive.some(node => node.id === own) ? own : (alive[0]?.id ?? -1)
}

/** A partition as a client of one listener sees it. */
export interface PartitionView {
  readonly leader: BrokerNode | undefined
  /** Why there is no leader to talk to. */
  readonly leaderProblem: 'LEADER_NOT_AVAILABLE' | 'LISTENER_NOT_FOUND' | undefined
  readonly offlineReplicas: number[]
}

/** Looks at one partition from a listener. */
export function viewPartition(
  image: ClusterImage,
  partition: PartitionRegistration,
  listenerName: string,
): PartitionView {
  const leader = nodeOf(image.brokers.byId(partition.leader), listenerName)
  const isKnown =
    partition.leader !== NO_LEADER && image.brokers.byId(partition.leader) !== undefined
  return {
    leader,
    leaderProblem:
      leader !== undefined ? undefined : isKnown ? 'LISTENER_NOT_FOUND' : 'LEADER_NOT_AVAILABLE',
    offlineReplicas: partition.replicas.filter((id, index) =>
      isOffline(image, id, partition.directories[index], listenerName),
    ),
  }
}

function isOffline(
  image: ClusterImage,
  brokerId: number,
  directory: string | undefined,
  listenerName: string,
): boolean {
  const broker = image.brokers.byId(brokerId)
  if (broker === undefined || broker.fenced) return true
  if (nodeOf(broker, listenerName) === undefined) return true
  return !isOnline(broker, directory)
}

/** Kafka's `hasOnlineDir`: reserved ids but LOST count as online, others must be among the broker's (KIP-858). */
function isOnline(broker: BrokerRegistration, directory: string | undefined): boolean {
  if (directory === undefined || directory === UNASSIGNED_DIRECTORY) return true
  if (directory === MIGRATING_DIRECTORY) return true
  if (directory === LOST_DIRECTORY) return false
  return broker.logDirs.length === 0 || broker.logDirs.includes(directory)
}
