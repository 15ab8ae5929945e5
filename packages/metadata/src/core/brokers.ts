/** Registered brokers and controllers: a part of the cluster image. */

/** An address that a node listens on. */
export interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

/** The levels of a feature that a node supports. */
export interface SupportedFeature {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

/** One broker, as it registered. */
export interface BrokerRegistration {
  readonly id: number
  /** Offset of its registration record. */
  readonly epoch: number
  readonly incarnationId: string
  readonly endPoints: readonly Endpoint[]
  readonly features: readonly SupportedFeature[]
  readonly rack: string | null
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  readonly isMigratingZkBroker: boolean
  /** Ids of its log directories, sorted. */
  readonly logDirs: readonly string[]
  readonly cordonedLogDirs: readonly string[] | null
}

/** One controller, as it registered. */
export interface ControllerRegistration {
  readonly id: number
  readonly incarnationId: string
  readonly zkMigrationReady: boolean
  readonly endPoints: readonly Endpoint[]
  readonly features: readonly SupportedFeature[]
}

/** All brokers, by id. */
export class BrokersImage {
  readonly #byId: ReadonlyMap<number, BrokerRegistration>

  constructor(byId: ReadonlyMap<number, BrokerRegistration> = new Map()) {
    this.#byId = byId
  }

  get size(): number {
    return this.#byId.size
  }

  byId(id: number): BrokerRegistration | undefined {
    return this.#byId.get(id)
  }

  [Symbol.iterator](): IterableIterator<BrokerRegistration> {
    return this.#byId.values()
  }

  /** This image with one broker replaced or added; `undefined` removes it. */
  with(id: number, broker: BrokerRegistration | undefined): BrokersImage {
    const byId = new Map(this.#byId)
    if (broker === undefined) byId.delete(id)
    else byId.set(id, broker)
    return new BrokersImage(byId)
  }
}
