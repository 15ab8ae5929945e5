/** A record of `__consumer_offsets` (type 5): key and value. */
import { array, bytes, int32, never, stored, string, struct, type MessageOf } from '../../schema.ts'

export const ConsumerGroupMemberMetadataKey = stored(
  'ConsumerGroupMemberMetadataKey',
  5,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ConsumerGroupMemberMetadataKey = MessageOf<typeof ConsumerGroupMemberMetadataKey>

export const ConsumerGroupMemberMetadataValue = stored(
  'ConsumerGroupMemberMetadataValue',
  5,
  [0, 0],
  0,
  {
    instanceId: string.nullable(),
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    subscribedTopicNames: array(string),
    subscribedTopicRegex: string.nullable(),
    rebalanceTimeoutMs: int32.default(-1),
    serverAssignor: string.nullable(),
    classicMemberMetadata: struct({
      sessionTimeoutMs: int32,
      supportedProtocols: array({
        name: string,
        metadata: bytes,
      }),
    })
      .nullable()
      .tagged(0),
  },
)
export type ConsumerGroupMemberMetadataValue = MessageOf<typeof ConsumerGroupMemberMetadataValue>
