/**
 * DescribeGroups (key 15), versions 0 to 6: state, protocol and members of classic groups. v3: authorized operations
 * (KIP-430); v4: static members (KIP-345); up to v5 an unknown group is `Dead`, from v6 an error (KIP-1043).
 */
import { Apis, ErrorCode } from '@moldau/protocol'
import { GROUP_OPERATIONS, OPERATIONS_OMITTED } from './authorized-operations.ts'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

export const describeGroups = serve(Apis.DescribeGroups, {
  authorize() {},

  async handle(request, context) {
    const response = await context.broker.groups.describeGroups(request, groupContext(context))
    if (!request.includeAuthorizedOperations) return response
    return {
      ...response,
      groups: response.groups.map(group => ({
        ...group,
        authorizedOperations:
          group.errorCode === ErrorCode.NONE ? GROUP_OPERATIONS : OPERATIONS_OMITTED,
      })),
    }
  },

  divide: { request: 'groups', response: 'groups' },

  refuse: (request, { errorCode, errorMessage }) => ({
    groups: request.groups.map(groupId => ({
      errorCode,
      errorMessage,
      groupId,
      groupState: '',
      protocolType: '',
      protocolData: '',
      members: [],
    })),
  }),
})
