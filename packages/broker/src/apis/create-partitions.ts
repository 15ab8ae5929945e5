/**
 * CreatePartitions (key 37), versions 0 to 3: adds partitions to topics. The controller decides, topic by topic. Without
 * time for it nothing is done, as by Kafka.
 */
import { Apis, ErrorCode, type CreatePartitionsRequest } from '@moldau/protocol'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const createPartitions = serve(Apis.CreatePartitions, {
  authorize() {},

  handle: (request, context) =>
    request.timeoutMs <= 0
      ? refused(request, ErrorCode.REQUEST_TIMED_OUT, null)
      : forward(Apis.CreatePartitions, request, context),

  refuse: (request, { errorCode, errorMessage }) => refused(request, errorCode, errorMessage),
})

function refused(request: CreatePartitionsRequest, errorCode: number, errorMessage: string | null) {
  return { results: request.topics.map(({ name }) => ({ name, errorCode, errorMessage })) }
}
