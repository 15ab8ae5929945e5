/**
 * LeaveGroup (key 13), versions 0 to 5: one member leaves; from v3 many, static ones among them (KIP-345); v5 gives a
 * reason (KIP-800).
 */
import { Apis } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const leaveGroup = serve(Apis.LeaveGroup, {
  authorize() {},

  handle: (request, context) => context.broker.groups.leaveGroup(request, groupContext(context)),

  refuse: (_request, { errorCode }) => ({ errorCode, members: [] }),
})
