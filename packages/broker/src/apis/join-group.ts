/**
 * JoinGroup (key 11), versions 0 to 9: enters a classic group, or stays in it through a rebalance; answered when the
 * new generation is formed. v4: a member first gets its id (KIP-394); v5: static members (KIP-345); v7: the protocol is
 * told; v8: a reason (KIP-800); v9: the leader may skip the assignment (KIP-814).
 */
import { Apis } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const joinGroup = serve(Apis.JoinGroup, {
  authorize() {},

  handle: (request, context) => context.broker.groups.joinGroup(request, groupContext(context)),

  refuse: (request, { errorCode }, context) => ({
    errorCode,
    generationId: -1,
    protocolName: context.apiVersion >= 7 ? null : '',
    leader: '',
    memberId: request.memberId,
    members: [],
  }),
})
