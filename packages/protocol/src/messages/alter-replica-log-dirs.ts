/** AlterReplicaLogDirs (API key 34). */
import { array, int16, int32, message, string, type MessageOf } from '../schema.ts'

export const AlterReplicaLogDirsRequest = message('AlterReplicaLogDirsRequest', [1, 2], 2, {
  dirs: array({
    path: string.mapKey(),
    topics: array({
      name: string.mapKey(),
      partitions: array(int32),
    }),
  }),
})
export type AlterReplicaLogDirsRequest = MessageOf<typeof AlterReplicaLogDirsRequest>

export const AlterReplicaLogDirsResponse = message('AlterReplicaLogDirsResponse', [1, 2], 2, {
  throttleTimeMs: int32.default(0),
  results: array({
    topicName: string,
    partitions: array({
      partitionIndex: int32,
      errorCode: int16,
    }),
  }),
})
export type AlterReplicaLogDirsResponse = MessageOf<typeof AlterReplicaLogDirsResponse>
