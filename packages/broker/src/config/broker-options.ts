/** Every setting of a broker, by Kafka's name. */
import type { ValuesOf } from '@moldau/base'
import { groupCoordinatorOptions } from '@moldau/coordinators'
import { logBrokerOptions } from '@moldau/log'
import { controllerOptions } from './controller.ts'
import { networkOptions } from './network.ts'
import { nodeOptions } from './node.ts'
import { oauthOptions } from './oauth.ts'
import { quotaOptions } from './quotas.ts'
import { remoteStorageOptions } from './remote-storage.ts'
import { replicationOptions } from './replication.ts'
import { saslOptions } from './sasl.ts'
import { securityOptions } from './security.ts'
import { shareCoordinatorOptions } from './share.ts'
import { tlsOptions } from './tls.ts'
import { transactionOptions } from './transactions.ts'

/** All rows. Where two packages name a key, the one that reads it comes last. */
export const brokerOptions = {
  ...nodeOptions,
  ...networkOptions,
  ...controllerOptions,
  ...replicationOptions,
  ...quotaOptions,
  ...transactionOptions,
  ...shareCoordinatorOptions,
  ...tlsOptions,
  ...securityOptions,
  ...saslOptions,
  ...oauthOptions,
  ...remoteStorageOptions,
  ...groupCoordinatorOptions,
  ...logBrokerOptions,
} as const

/** The values of all rows. */
export type BrokerConfig = ValuesOf<typeof brokerOptions>
