/** DescribeLogDirs (API key 35). */
import { array, boolean, int16, int32, int64, message, string, type MessageOf } from '../schema.ts'

export const DescribeLogDirsRequest = message('DescribeLogDirsRequest', [1, 5], 2, {
  topics: array({
    topic: string.mapKey(),
    partitions: array(int32),
  }).nullable(),
})
export type DescribeLogDirsRequest = MessageOf<typeof DescribeLogDirsRequest>

export const DescribeLogDirsResponse = message('DescribeLogDirsResponse', [1, 5], 2, {
  throttleTimeMs: int32.default(0),
  errorCode: int16.since(3).ignorable(),
  results: array({
    errorCode: int16,
    logDir: string,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        partitionSize: int64,
        offsetLag: int64,
        isFutureKey: boolean,
      }),
    }),
    totalBytes: int64.since(4).default(-1).ignorable(),
    usableBytes: int64.since(4).default(-1).ignorable(),
    isCordoned: boolean.since(5).default(false).ignorable(),
  }),
})
export type DescribeLogDirsResponse = MessageOf<typeof DescribeLogDirsResponse>
