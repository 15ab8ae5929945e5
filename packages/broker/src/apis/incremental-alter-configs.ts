/**
 * IncrementalAlterConfigs (key 44), versions 0 and 1: sets, deletes, appends to or subtracts from single settings
 * (KIP-339). The broker checks its own, the controller the others, and writes them.
 */
import { Apis } from '@moldau/protocol'
import { applyOperations, checkBrokerConfigs } from '../config/broker-changes.ts'
import { alterResources, refuseResources } from './config-changes.ts'
import { forward } from './forward.ts'
import { serve } from './serve.ts'

const DELETE = 1

export const incrementalAlterConfigs = serve(Apis.IncrementalAlterConfigs, {
  authorize() {},

  async handle(request, context) {
    const { broker } = context
    const responses = await alterResources(request.resources, context, {
      mayBeNull: config => 'configOperation' in config && config.configOperation === DELETE,
      checkBroker({ resourceName, configs }) {
        const before = broker.image().configs.of('broker', resourceName)
        checkBrokerConfigs(applyOperations(before, configs), resourceName === '', broker.config)
      },
      async forward(resources) {
        const response = await forward(
          Apis.IncrementalAlterConfigs,
          { ...request, resources },
          context,
        )
        return response.responses
      },
    })
    return { responses }
  },

  refuse: (request, error) => refuseResources(request.resources, error),
})
