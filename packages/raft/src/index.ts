export { METADATA_TOPIC, type RaftStorage } from './raft-log.ts'
export { RaftNode, type QuorumReplica } from './raft-node.ts'
export { openStorage, readBootstrapValues, type OpenedStorage } from './storage.ts'
