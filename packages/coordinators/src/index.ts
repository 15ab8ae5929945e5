/** Group coordinator: classic groups and committed offsets, kept in an internal topic that the broker injects. */
export { groupCoordinatorOptions } from './config.ts'
export { GroupCoordinator, type GroupRequestContext } from './group/group-coordinator.ts'
export { coordinatorPartition } from './runtime/shard-directory.ts'
export type { ShardStorage } from './runtime/shard-storage.ts'
