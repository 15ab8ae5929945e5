/**
 * CreateTopics (key 19), versions 2 to 7: the controller decides, topic by topic. v5 tells the configs of a new topic
 * (KIP-525), v7 its id. Without time for it nothing is done, as by Kafka.
 */
import { Apis, ErrorCode, type CreateTopicsRequest } from '@moldau/protocol'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const createTopics = serve(Apis.CreateTopics, {
  authorize() {},

  handle: (request, context) =>
    request.timeoutMs <= 0
      ? refused(request, ErrorCode.REQUEST_TIMED_OUT, null)
      : forward(Apis.CreateTopics, request, context),

  refuse: (request, { errorCode, errorMessage }) => refused(request, errorCode, errorMessage),
})

function refused(request: CreateTopicsRequest, errorCode: number, errorMessage: string | null) {
  return {
    topics: request.topics.map(({ name }) => ({ name, errorCode, errorMessage, configs: [] })),
  }
}
