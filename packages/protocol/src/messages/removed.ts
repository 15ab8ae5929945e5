/** APIs 4 to 7, which Kafka 4 has removed: their names and keys are kept, and no version is left. */
import { message, never, type MessageOf } from '../schema.ts'

export const LeaderAndIsrRequest = message('LeaderAndIsrRequest', [0, -1], never, {})
export type LeaderAndIsrRequest = MessageOf<typeof LeaderAndIsrRequest>

export const LeaderAndIsrResponse = message('LeaderAndIsrResponse', [0, -1], never, {})
export type LeaderAndIsrResponse = MessageOf<typeof LeaderAndIsrResponse>

export const StopReplicaRequest = message('StopReplicaRequest', [0, -1], never, {})
export type StopReplicaRequest = MessageOf<typeof StopReplicaRequest>

export const StopReplicaResponse = message('StopReplicaResponse', [0, -1], never, {})
export type StopReplicaResponse = MessageOf<typeof StopReplicaResponse>

export const UpdateMetadataRequest = message('UpdateMetadataRequest', [0, -1], never, {})
export type UpdateMetadataRequest = MessageOf<typeof UpdateMetadataRequest>

export const UpdateMetadataResponse = message('UpdateMetadataResponse', [0, -1], never, {})
export type UpdateMetadataResponse = MessageOf<typeof UpdateMetadataResponse>

export const ControlledShutdownRequest = message('ControlledShutdownRequest', [0, -1], never, {})
export type ControlledShutdownRequest = MessageOf<typeof ControlledShutdownRequest>

export const ControlledShutdownResponse = message('ControlledShutdownResponse', [0, -1], never, {})
export type ControlledShutdownResponse = MessageOf<typeof ControlledShutdownResponse>
