/** AddRaftVoter (API key 80). */
import {
  array,
  boolean,
  int16,
  int32,
  message,
  string,
  uint16,
  uuid,
  type MessageOf,
} from '../schema.ts'

export const AddRaftVoterRequest = message('AddRaftVoterRequest', [0, 1], 0, {
  clusterId: string.nullable(),
  timeoutMs: int32,
  voterId: int32,
  voterDirectoryId: uuid,
  listeners: array({
    name: string.mapKey(),
    host: string,
    port: uint16,
  }),
  ackWhenCommitted: boolean.since(1).default(true),
})
export type AddRaftVoterRequest = MessageOf<typeof AddRaftVoterRequest>

export const AddRaftVoterResponse = message('AddRaftVoterResponse', [0, 1], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  errorMessage: string.nullable().ignorable(),
})
export type AddRaftVoterResponse = MessageOf<typeof AddRaftVoterResponse>
