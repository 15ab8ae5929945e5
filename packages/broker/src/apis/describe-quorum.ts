/**
 * DescribeQuorum (key 55), versions 0 to 2: leader, voters and observers of the metadata quorum, answered by the
 * controller. v1: times of the last fetch (KIP-836); v2: directory ids, addresses and messages (KIP-853).
 */
import { Apis } from '@moldau/protocol'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const describeQuorum = serve(Apis.DescribeQuorum, {
  authorize() {},

  handle: (request, context) => forward(Apis.DescribeQuorum, request, context),

  refuse: (_request, { errorCode, errorMessage }) => ({
    errorCode,
    errorMessage,
    topics: [],
    nodes: [],
  }),
})
