/**
 * CreateTopics (key 19), versions 2 to 7: the controller decides, topic by topic. v5 tells the configs of a new topic
 * (KIP-525), v7 its id.
 */
import { Apis } from '@moldau/protocol'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const createTopics = serve(Apis.CreateTopics, {
  authorize() {},

  handle: (request, context) => forward(Apis.CreateTopics, request, context),

  refuse: (request, { errorCode, errorMessage }) => ({
    topics: request.topics.map(({ name }) => ({ name, errorCode, errorMessage, configs: null })),
  }),
})
