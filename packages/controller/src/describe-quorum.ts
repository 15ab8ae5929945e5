/** DescribeQuorum: who votes, who leads, how far each is. */
import type { Endpoint } from '@moldau/metadata'
import {
  ErrorCode,
  type DescribeQuorumRequest,
  type DescribeQuorumResponse,
  type MessageInput,
} from '@moldau/protocol'
import { METADATA_TOPIC, type QuorumReplica, type RaftNode } from '@moldau/raft'

/** Answers from what raft knows. `endpoints` are those of this node, which leads. */
export function describeQuorum(
  request: DescribeQuorumRequest,
  raft: RaftNode,
  endpoints: readonly Endpoint[],
): MessageInput<typeof DescribeQuorumResponse> {
  const quorum = raft.describeQuorum()
  const topics = request.topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) => {
      if (topicName !== METADATA_TOPIC || partitionIndex !== 0) {
        return {
          partitionIndex,
          errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          errorMessage: null,
          leaderId: -1,
          leaderEpoch: -1,
          highWatermark: -1,
          currentVoters: [],
          observers: [],
        }
      }
      return {
        partitionIndex,
        errorCode: 0,
        errorMessage: null,
        leaderId: quorum.leaderId,
        leaderEpoch: quorum.leaderEpoch,
        highWatermark: quorum.highWatermark,
        currentVoters: quorum.voters.map(replicaState),
        observers: quorum.observers.map(replicaState),
      }
    }),
  }))
  const nodes = quorum.voters.map(voter => {
    const known = voter.endpoints.length > 0 ? voter.endpoints : endpoints
    return {
      nodeId: voter.id,
      listeners: known.map(({ name, host, port }) => ({ name, host, port })),
    }
  })
  return { errorCode: 0, errorMessage: null, topics, nodes }
}

function replicaState(replica: QuorumReplica) {
  return {
    replicaId: replica.id,
    replicaDirectoryId: replica.directoryId,
    logEndOffset: replica.logEndOffset,
    lastFetchTimestamp: replica.lastFetchTimestamp,
    lastCaughtUpTimestamp: replica.lastCaughtUpTimestamp,
  }
}
