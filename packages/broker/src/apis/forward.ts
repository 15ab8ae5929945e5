/** Hands a request to the controller as it came, under the name of the client that sent it. */
import type { RequestContext } from '../services.ts'
import type { Api, RequestOf, ResponseOf } from './serve.ts'

/** The controller's answer to a client's request. */
export function forward<A extends Api>(
  api: A,
  request: RequestOf<A>,
  context: RequestContext,
): Promise<ResponseOf<A>> {
  return context.broker.controller.handle(api, context.apiVersion, request, {
    principal: context.principal,
    listener: context.listenerName,
    clientId: context.clientId,
  })
}
