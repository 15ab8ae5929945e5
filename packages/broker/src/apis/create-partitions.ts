/** CreatePartitions (key 37), versions 0 to 3: adds partitions to topics. The controller decides, topic by topic. */
import { Apis } from '@moldau/protocol'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const createPartitions = serve(Apis.CreatePartitions, {
  authorize() {},

  handle: (request, context) => forward(Apis.CreatePartitions, request, context),

  refuse: (request, { errorCode, errorMessage }) => ({
    results: request.topics.map(({ name }) => ({ name, errorCode, errorMessage })),
  }),
})
