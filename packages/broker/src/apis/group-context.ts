/** What the group coordinator is told of who asks. */
import type { GroupRequestContext } from '@moldau/coordinators'
import type { RequestContext } from '../services.ts'

/** The coordinator's part of a request's context. */
export function groupContext(context: RequestContext): GroupRequestContext {
  return {
    version: context.apiVersion,
    clientId: context.clientId,
    clientHost: context.clientHost,
    principal: context.principal,
  }
}
