/**
 * ListGroups (key 16), versions 0 to 5: the groups that this broker looks after. v4 filters by state (KIP-518), v5 by
 * type (KIP-848).
 */
import { Apis } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const listGroups = serve(Apis.ListGroups, {
  authorize() {},

  handle: (request, context) => context.broker.groups.listGroups(request, groupContext(context)),

  refuse: (_request, { errorCode }) => ({ errorCode, groups: [] }),
})
