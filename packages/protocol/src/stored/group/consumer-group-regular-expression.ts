/** A record of `__consumer_offsets` (type 16): key and value. */
import { array, int64, never, stored, string, type MessageOf } from '../../schema.ts'

export const ConsumerGroupRegularExpressionKey = stored(
  'ConsumerGroupRegularExpressionKey',
  16,
  [0, 0],
  never,
  {
    groupId: string,
    regularExpression: string,
  },
)
export type ConsumerGroupRegularExpressionKey = MessageOf<typeof ConsumerGroupRegularExpressionKey>

export const ConsumerGroupRegularExpressionValue = stored(
  'ConsumerGroupRegularExpressionValue',
  16,
  [0, 0],
  0,
  {
    topics: array(string),
    version: int64,
    timestamp: int64,
  },
)
export type ConsumerGroupRegularExpressionValue = MessageOf<
  typeof ConsumerGroupRegularExpressionValue
>
