/** DeleteGroups (key 42), versions 0 to 2: removes empty groups with their offsets. */
import { Apis } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const deleteGroups = serve(Apis.DeleteGroups, {
  authorize() {},

  handle: (request, context) => context.broker.groups.deleteGroups(request, groupContext(context)),

  divide: { request: 'groupsNames', response: 'results' },

  refuse: (request, { errorCode }) => ({
    results: request.groupsNames.map(groupId => ({ groupId, errorCode })),
  }),
})
