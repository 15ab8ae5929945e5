/** Hands a request to the controller as it came, under the name of the client that sent it. */
import type { MessageInput, MessageOf } from '@moldau/protocol'
import type { RequestContext } from '../services.ts'
import type { Api } from './serve.ts'

/** The controller's answer to a client's request. */
export function forward<A extends Api>(
  api: A,
  request: MessageOf<A['request']>,
  context: RequestContext,
): Promise<MessageInput<A['response']>> {
  return context.broker.controller.handle(api, context.apiVersion, request, {
    principal: context.principal,
    listener: context.listenerName,
    clientId: context.clientId,
  })
}
