/** What the group coordinator is told of who asks. */
import type { GroupCoordinator } from '@moldau/coordinators'
import type { RequestContext } from '../services.ts'

/** The coordinator's part of a request's context. */
export function groupContext(
  context: RequestContext,
): Parameters<GroupCoordinator['joinGroup']>[1] {
  return {
    version: context.apiVersion,
    clientId: context.clientId,
    clientHost: context.clientHost,
    principal: context.principal,
  }
}
