/**
 * ApiVersions (key 18), versions 0 to 4: what this broker serves, in which versions, and the features of the cluster.
 * A version that is not known is answered in version 0 with UNSUPPORTED_VERSION and the range of this key (KIP-511).
 * v3: name and version of the client's library; features whose minimum is 0 are left out, since clients before v4
 * misread them (KAFKA-17011).
 */
import { Apis, ErrorCode, KafkaError } from '@moldau/protocol'
import type { BrokerServices, RequestContext } from '../services.ts'
import { serve, type ServedApi } from './serve.ts'

/** A name or version of a client's library (KIP-511). */
const softwarePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** Told of Produce although lower versions than 3 are not served: see produce.ts. */
const PRODUCE_TOLD_FROM = 0

/** Makes the API for a list of all the others. */
export function apiVersionsOf(others: readonly ServedApi[]): ServedApi {
  const own = {
    apiKey: Apis.ApiVersions.key,
    minVersion: 0,
    maxVersion: Apis.ApiVersions.versions[1],
  }
  const apiKeys = others.map(({ api, versions: [lowest, maxVersion] }) => ({
    apiKey: api.key,
    minVersion: api.key === Apis.Produce.key ? PRODUCE_TOLD_FROM : lowest,
    maxVersion,
  }))
  const allKeys = [...apiKeys, own].toSorted((a, b) => a.apiKey - b.apiKey)

  return serve(Apis.ApiVersions, {
    authorize() {},

    handle(request, context) {
      const { apiVersion, broker, connection } = context
      if (apiVersion < own.minVersion || apiVersion > own.maxVersion)
        return { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys: [own] }
      if (apiVersion >= 3) {
        const { clientSoftwareName, clientSoftwareVersion } = request
        if (
          !softwarePattern.test(clientSoftwareName) ||
          !softwarePattern.test(clientSoftwareVersion)
        ) {
          throw new KafkaError(
            'INVALID_REQUEST',
            'The name or version of the client software is not valid',
          )
        }
        connection.clientSoftwareName = clientSoftwareName
        connection.clientSoftwareVersion = clientSoftwareVersion
      }
      return { errorCode: ErrorCode.NONE, apiKeys: allKeys, ...featuresOf(broker, context) }
    },

    refuse: (_request, { errorCode }) => ({ errorCode, apiKeys: [] }),
  })
}

function featuresOf(broker: BrokerServices, { apiVersion }: RequestContext) {
  const { features, provenance } = broker.image()
  const supported = broker.features.filter(
    ({ minSupportedVersion }) => apiVersion >= 4 || minSupportedVersion > 0,
  )
  const levels = new Map(features.levels)
  if (broker.raft.kraftVersion > 0) levels.set('kraft.version', broker.raft.kraftVersion)
  return {
    supportedFeatures: supported.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
      name,
      minVersion: minSupportedVersion,
      maxVersion: maxSupportedVersion,
    })),
    finalizedFeaturesEpoch: provenance.offset,
    finalizedFeatures: Array.from(levels, ([name, level]) => ({
      name,
      maxVersionLevel: level,
      minVersionLevel: level,
    })),
  }
}
