/** Runs a broker from a server.properties until it is told to stop. What the command line prints is the CLI's. */
import type { Logger } from '@moldau/base'
import type { World } from '@moldau/io'
import { parseProperties } from '@moldau/base'
import { Broker } from './broker.ts'
import { parseServerProperties } from './config.ts'

/** Starts a broker by the text of a server.properties. @throws Error in one sentence per problem @public */
export function startBroker(options: {
  world: World
  properties: string
  logger: Logger
}): Promise<Broker> {
  const { world, properties, logger } = options
  const settings = parseServerProperties(parseProperties(properties))
  for (const warning of settings.warnings) logger.warn(warning)
  return Broker.start({ world, settings, logger })
}
