/** DescribeUserScramCredentials (API key 50). */
import { array, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const DescribeUserScramCredentialsRequest = message(
  'DescribeUserScramCredentialsRequest',
  [0, 0],
  0,
  {
    users: array({
      name: string,
    }).nullable(),
  },
)
export type DescribeUserScramCredentialsRequest = MessageOf<
  typeof DescribeUserScramCredentialsRequest
>

export const DescribeUserScramCredentialsResponse = message(
  'DescribeUserScramCredentialsResponse',
  [0, 0],
  0,
  {
    throttleTimeMs: int32.default(0),
    errorCode: int16,
    errorMessage: string.nullable(),
    results: array({
      user: string,
      errorCode: int16,
      errorMessage: string.nullable(),
      credentialInfos: array({
        mechanism: int8,
        iterations: int32,
      }),
    }),
  },
)
export type DescribeUserScramCredentialsResponse = MessageOf<
  typeof DescribeUserScramCredentialsResponse
>
