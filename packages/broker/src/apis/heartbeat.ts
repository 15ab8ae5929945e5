/**
 * Heartbeat (key 12), versions 0 to 4: keeps the session of a classic member, and tells of a rebalance. v3: static
 * members (KIP-345).
 */
import { Apis } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const heartbeat = serve(Apis.Heartbeat, {
  authorize() {},

  handle: (request, context) => context.broker.groups.heartbeat(request, groupContext(context)),
})
