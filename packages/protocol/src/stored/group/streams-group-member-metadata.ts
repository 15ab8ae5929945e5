/** A record of `__consumer_offsets` (type 19): key and value. */
import {
  array,
  int32,
  never,
  stored,
  string,
  struct,
  uint16,
  type MessageOf,
} from '../../schema.ts'

export const StreamsGroupMemberMetadataKey = stored(
  'StreamsGroupMemberMetadataKey',
  19,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type StreamsGroupMemberMetadataKey = MessageOf<typeof StreamsGroupMemberMetadataKey>

const endpoint = struct({
  host: string,
  port: uint16,
})

const keyValue = struct({
  key: string,
  value: string,
})

export const StreamsGroupMemberMetadataValue = stored(
  'StreamsGroupMemberMetadataValue',
  19,
  [0, 0],
  0,
  {
    instanceId: string.nullable(),
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    rebalanceTimeoutMs: int32.default(-1),
    topologyEpoch: int32,
    processId: string,
    userEndpoint: endpoint.nullable().default(null),
    clientTags: array(keyValue),
  },
)
export type StreamsGroupMemberMetadataValue = MessageOf<typeof StreamsGroupMemberMetadataValue>
