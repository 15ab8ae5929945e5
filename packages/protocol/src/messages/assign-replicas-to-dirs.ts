/** AssignReplicasToDirs (API key 73). */
import { array, int16, int32, int64, message, uuid, type MessageOf } from '../schema.ts'

export const AssignReplicasToDirsRequest = message('AssignReplicasToDirsRequest', [0, 0], 0, {
  brokerId: int32,
  brokerEpoch: int64.default(-1),
  directories: array({
    id: uuid,
    topics: array({
      topicId: uuid,
      partitions: array({
        partitionIndex: int32,
      }),
    }),
  }),
})
export type AssignReplicasToDirsRequest = MessageOf<typeof AssignReplicasToDirsRequest>

export const AssignReplicasToDirsResponse = message('AssignReplicasToDirsResponse', [0, 0], 0, {
  throttleTimeMs: int32.default(0),
  errorCode: int16,
  directories: array({
    id: uuid,
    topics: array({
      topicId: uuid,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
      }),
    }),
  }),
})
export type AssignReplicasToDirsResponse = MessageOf<typeof AssignReplicasToDirsResponse>
