/**
 * DeleteTopics (key 20), versions 1 to 6: the controller decides, topic by topic. Topics are named; v6 also takes ids
 * (KIP-516).
 */
import { Apis } from '@moldau/protocol'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const deleteTopics = serve(Apis.DeleteTopics, {
  authorize() {},

  handle: (request, context) => forward(Apis.DeleteTopics, request, context),

  refuse: (request, { errorCode, errorMessage }, context) => ({
    responses:
      context.apiVersion >= 6
        ? request.topics.map(({ name, topicId }) => ({ name, topicId, errorCode, errorMessage }))
        : request.topicNames.map(name => ({ name, errorCode, errorMessage })),
  }),
})
