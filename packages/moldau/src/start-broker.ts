/**
 * A real broker inside of this process: for tests, for scripts, for a local tool. Kafka's protocol on a TCP port of
 * loopback, the same code as the server, data in memory or in a folder.
 */
import { silentLogger } from '@moldau/base'
import { Broker, parseServerProperties } from '@moldau/broker'
import { memoryFiles, nodeWorld } from '@moldau/io'

/** How to start; everything may be left out. @public */
export interface StartBrokerOptions {
  /** The port on localhost; a free one by default. */
  readonly port?: number
  /** Where the data is. In memory by default, gone when the broker stops. */
  readonly directory?: string
  /** Settings of server.properties, by Kafka's names. */
  readonly config?: Readonly<Record<string, string | number | boolean>>
}

/** A broker that runs. Disposing of it stops it. @public */
export interface RunningBroker extends AsyncDisposable {
  /** `localhost:PORT`, for the clients. */
  readonly bootstrapServers: string
  readonly port: number
  readonly clusterId: string
  /** Stops cleanly; resolves when the port is free and, with a folder, everything is on disk. */
  stop(): Promise<void>
}

/** Where the data of a broker in memory seems to be. */
const MEMORY_DIRECTORY = '/moldau'

/**
 * Starts a broker; resolves when clients can connect. Several can run in one process, each with its own data.
 * @throws Error in one sentence for a setting that is wrong, a port that is taken, a folder that cannot be used @public
 */
export async function startBroker(options: StartBrokerOptions = {}): Promise<RunningBroker> {
  const isInMemory = options.directory === undefined
  const properties = new Map<string, string>([
    ['listeners', `PLAINTEXT://localhost:${options.port ?? 0}`],
    ['log.dirs', options.directory ?? MEMORY_DIRECTORY],
    // A test should not wait three seconds for members that never come.
    ['group.initial.rebalance.delay.ms', '0'],
    ['offsets.topic.num.partitions', '5'],
  ])
  // What is in memory is lost with the process, whatever is awaited.
  if (isInMemory) properties.set('log.flush.policy', 'os')
  for (const [key, value] of Object.entries(options.config ?? {}))
    properties.set(key, String(value))
  const broker = await Broker.start({
    world: isInMemory ? { ...nodeWorld(), files: memoryFiles() } : nodeWorld(),
    settings: parseServerProperties(properties),
    logger: silentLogger,
  })
  return {
    bootstrapServers: `localhost:${broker.port}`,
    port: broker.port,
    clusterId: broker.clusterId,
    stop: () => broker.stop(),
    [Symbol.asyncDispose]: () => broker.stop(),
  }
}
