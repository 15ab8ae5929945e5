/**
 * SyncGroup (key 14), versions 0 to 5: the leader brings the assignment, the others wait for theirs. v3: static members
 * (KIP-345); v5: the protocol is checked and told (KIP-559).
 */
import { Apis } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const syncGroup = serve(Apis.SyncGroup, {
  authorize() {},

  handle: (request, context) => context.broker.groups.syncGroup(request, groupContext(context)),

  refuse: (_request, { errorCode }) => ({ errorCode, assignment: Buffer.alloc(0) }),
})
