/** Keys and values of control records. */
import {
  array,
  int16,
  int32,
  int64,
  message,
  never,
  string,
  struct,
  uint16,
  uuid,
  type MessageOf,
} from '../../schema.ts'

export const ControlRecordTypeSchema = message('ControlRecordTypeSchema', [0, 0], never, {
  type: int16,
})
export type ControlRecordTypeSchema = MessageOf<typeof ControlRecordTypeSchema>

export const EndTxnMarker = message('EndTxnMarker', [0, 0], never, {
  coordinatorEpoch: int32,
})
export type EndTxnMarker = MessageOf<typeof EndTxnMarker>

export const KRaftVersionRecord = message('KRaftVersionRecord', [0, 0], 0, {
  version: int16,
  kRaftVersion: int16,
})
export type KRaftVersionRecord = MessageOf<typeof KRaftVersionRecord>

const voter = struct({
  voterId: int32,
  voterDirectoryId: uuid.since(1),
})

export const LeaderChangeMessage = message('LeaderChangeMessage', [0, 1], 0, {
  version: int16,
  leaderId: int32,
  voters: array(voter),
  grantingVoters: array(voter),
})
export type LeaderChangeMessage = MessageOf<typeof LeaderChangeMessage>

export const SnapshotFooterRecord = message('SnapshotFooterRecord', [0, 0], 0, {
  version: int16,
})
export type SnapshotFooterRecord = MessageOf<typeof SnapshotFooterRecord>

export const SnapshotHeaderRecord = message('SnapshotHeaderRecord', [0, 0], 0, {
  version: int16,
  lastContainedLogTimestamp: int64,
})
export type SnapshotHeaderRecord = MessageOf<typeof SnapshotHeaderRecord>

export const VotersRecord = message('VotersRecord', [0, 0], 0, {
  version: int16,
  voters: array({
    voterId: int32,
    voterDirectoryId: uuid,
    endpoints: array({
      name: string.mapKey(),
      host: string,
      port: uint16,
    }),
    kRaftVersionFeature: struct({
      minSupportedVersion: int16,
      maxSupportedVersion: int16,
    }),
  }),
})
export type VotersRecord = MessageOf<typeof VotersRecord>
