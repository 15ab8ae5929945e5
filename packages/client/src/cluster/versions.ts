/**
 * Which version of an API to speak with a broker: the highest that both know and this client is written for.
 */
import type { Apis, MessageInput, MessageOf } from '@moldau/protocol'
import { KafkaError } from '../errors.ts'

/** An entry of the protocol's list of APIs. */
export type Api = (typeof Apis)[keyof typeof Apis]

/** What may be given to send a request of `A`. */
export type RequestOf<A extends Api> = MessageInput<A['request']>
/** What comes back. */
export type ResponseOf<A extends Api> = MessageOf<A['response']>

/** Ranges by API key, as a broker told them. */
export type BrokerVersions = ReadonlyMap<number, readonly [number, number]>

/**
 * Where the client stays below the newest version: topic names instead of ids in Produce (13) and in the offset
 * APIs (10).
 */
const caps: Readonly<Record<string, number>> = {
  Produce: 12,
  OffsetCommit: 9,
  OffsetFetch: 9,
  InitProducerId: 5,
}

/** @throws KafkaError UNSUPPORTED_VERSION when there is none */
export function chooseVersion(api: Api, broker: BrokerVersions, brokerName: string): number {
  const range = broker.get(api.key)
  if (range === undefined)
    throw new KafkaError('UNSUPPORTED_VERSION', {
      message: `${brokerName} does not know ${api.name}`,
      api: api.name,
      broker: brokerName,
    })
  const version = Math.min(range[1], api.versions[1], caps[api.name] ?? Infinity)
  if (version < range[0] || version < api.versions[0])
    throw new KafkaError('UNSUPPORTED_VERSION', {
      message: `${brokerName} speaks ${api.name} ${range[0]} to ${range[1]}, this client none of them`,
      api: api.name,
      broker: brokerName,
    })
  return version
}
