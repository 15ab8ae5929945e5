/** DescribeQuorum: who votes, who leads, how far each is. */
import { ZERO_UUID } from '@moldau/base'
import type { Endpoint } from '@moldau/metadata'
import {
  ErrorCode,
  errorMessage,
  type DescribeQuorumRequest,
  type DescribeQuorumResponse,
  type MessageInput,
} from '@moldau/protocol'
import { METADATA_TOPIC, type QuorumReplica, type RaftNode } from '@moldau/raft'

/** From this version on directories and addresses of the voters are told. */
const NODES_SINCE = 2

/** Answers from what raft knows. `endpoints` are those of this node, which leads. */
export function describeQuorum(
  request: DescribeQuorumRequest,
  raft: RaftNode,
  endpoints: readonly Endpoint[],
  version: number,
): MessageInput<typeof DescribeQuorumResponse> {
  const quorum = raft.describeQuorum()
  // Kafka answers the one partition that there is, and nothing of a request that names others too.
  const isFound = request.topics.every(
    ({ topicName, partitions }) =>
      topicName === METADATA_TOPIC &&
      partitions.length === 1 &&
      partitions[0]?.partitionIndex === 0,
  )
  const topics = request.topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) => {
      if (!isFound) {
        return {
          partitionIndex,
          errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          errorMessage: errorMessage('UNKNOWN_TOPIC_OR_PARTITION'),
          leaderId: 0,
          leaderEpoch: 0,
          highWatermark: 0,
          currentVoters: [],
          observers: [],
        }
      }
      return {
        partitionIndex,
        errorCode: 0,
        errorMessage: '',
        leaderId: quorum.leaderId,
        leaderEpoch: quorum.leaderEpoch,
        highWatermark: quorum.highWatermark,
        currentVoters: quorum.voters.map(voter => replicaState(voter, version)),
        observers: quorum.observers.map(observer => replicaState(observer, version)),
      }
    }),
  }))
  if (!isFound || topics.length === 0 || version < NODES_SINCE)
    return { errorCode: 0, errorMessage: '', topics, nodes: [] }
  const nodes = quorum.voters.map(voter => {
    const known = voter.endpoints.length > 0 ? voter.endpoints : endpoints
    return {
      nodeId: voter.id,
      listeners: known.map(({ name, host, port }) => ({ name, host, port })),
    }
  })
  return { errorCode: 0, errorMessage: '', topics, nodes }
}

function replicaState(replica: QuorumReplica, version: number) {
  return {
    replicaId: replica.id,
    replicaDirectoryId: version >= NODES_SINCE ? replica.directoryId : ZERO_UUID,
    logEndOffset: replica.logEndOffset,
    lastFetchTimestamp: replica.lastFetchTimestamp,
    lastCaughtUpTimestamp: replica.lastCaughtUpTimestamp,
  }
}
