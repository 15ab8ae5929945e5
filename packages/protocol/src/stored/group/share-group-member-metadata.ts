/** A record of `__consumer_offsets` (type 10): key and value. */
import { array, never, stored, string, type MessageOf } from '../../schema.ts'

export const ShareGroupMemberMetadataKey = stored(
  'ShareGroupMemberMetadataKey',
  10,
  [0, 0],
  never,
  {
    groupId: string,
    memberId: string,
  },
)
export type ShareGroupMemberMetadataKey = MessageOf<typeof ShareGroupMemberMetadataKey>

export const ShareGroupMemberMetadataValue = stored(
  'ShareGroupMemberMetadataValue',
  10,
  [0, 0],
  0,
  {
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    subscribedTopicNames: array(string),
  },
)
export type ShareGroupMemberMetadataValue = MessageOf<typeof ShareGroupMemberMetadataValue>
