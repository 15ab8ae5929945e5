export type { ControllerEndpoint, Voter } from './core/voters.ts'
export { METADATA_TOPIC, METADATA_TOPIC_ID, type RaftStorage } from './raft-log.ts'
export {
  RaftNode,
  type CommittedBatch,
  type QuorumDescription,
  type QuorumReplica,
  type RaftListener,
  type RaftNodeOptions,
} from './raft-node.ts'
export type { RaftSnapshot } from './snapshot-files.ts'
export {
  openStorage,
  readBootstrapValues,
  type OpenedStorage,
  type StorageOptions,
} from './storage.ts'
