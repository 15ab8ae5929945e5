/**
 * AlterConfigs (key 33), versions 0 to 2: replaces all dynamic settings of a resource; those that are not named go back
 * to their defaults. The broker checks its own, the controller the others, and writes them.
 */
import { Apis } from '@moldau/protocol'
import { checkBrokerConfigs } from '../config/broker-changes.ts'
import { alterResources, refuseResources } from './config-changes.ts'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

export const alterConfigs = serve(Apis.AlterConfigs, {
  authorize() {},

  async handle(request, context) {
    const responses = await alterResources(request.resources, context, {
      mayBeNull: () => false,
      checkBroker({ resourceName, configs }) {
        const values = new Map(configs.map(({ name, value }) => [name, value ?? '']))
        checkBrokerConfigs(values, resourceName === '', context.broker.config)
      },
      async forward(resources) {
        const response = await forward(Apis.AlterConfigs, { ...request, resources }, context)
        return response.responses
      },
    })
    return { responses }
  },

  refuse: (request, error) => refuseResources(request.resources, error),
})
