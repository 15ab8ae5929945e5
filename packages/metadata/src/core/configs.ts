/** Dynamic configs by resource: a part of the cluster image. Defaults and server.properties are not in here. */
import { CopyOnWriteMap, type MapEditor } from './copy-on-write-map.ts'

/** What a dynamic config belongs to, with Kafka's number (`ConfigResource.Type`). */
export const ConfigResourceTypes = {
  topic: 2,
  broker: 4,
  'broker-logger': 8,
  'client-metrics': 16,
  group: 32,
} as const

/** A kind of resource that has dynamic configs. The broker of the name '' is the default of all brokers. */
export type ConfigResourceType = keyof typeof ConfigResourceTypes

/** A resource with dynamic configs. */
export interface ConfigResource {
  readonly type: ConfigResourceType
  readonly name: string
}

/** The kind with Kafka's number `type`. */
export function configResourceType(type: number): ConfigResourceType | undefined {
  return (Object.keys(ConfigResourceTypes) as ConfigResourceType[]).find(
    name => ConfigResourceTypes[name] === type,
  )
}

type Values = ReadonlyMap<string, string>

const none: Values = new Map()

/** All dynamic configs. */
export class ConfigsImage {
  readonly #byResource: CopyOnWriteMap<Values>

  constructor(byResource = new CopyOnWriteMap<Values>()) {
    this.#byResource = byResource
  }

  /** The dynamic configs of one resource; empty when it has none. */
  of(type: ConfigResourceType, name: string): Values {
    return this.#byResource.get(`${type}:${name}`) ?? none
  }

  /** Every resource with at least one dynamic config. */
  *[Symbol.iterator](): Generator<ConfigResource & { readonly values: Values }> {
    for (const [key, values] of this.#byResource.entries()) yield { ...resourceOf(key), values }
  }

  edit(): ConfigsEditor {
    return new ConfigsEditor(this.#byResource.edit(), this)
  }

  /** Resources whose configs differ. */
  *differencesTo(before: ConfigsImage): Generator<ConfigResource> {
    for (const { key } of this.#byResource.differencesTo(before.#byResource)) yield resourceOf(key)
  }
}

/** Changes to configs on the way to the next image. */
export class ConfigsEditor {
  readonly #byResource: MapEditor<Values>
  readonly #base: ConfigsImage
  #changed = false

  constructor(byResource: MapEditor<Values>, base: ConfigsImage) {
    this.#byResource = byResource
    this.#base = base
  }

  /** Sets a config, or removes it where `value` is null. */
  set(resource: ConfigResource, name: string, value: string | null): void {
    const key = `${resource.type}:${resource.name}`
    const values = new Map(this.#byResource.get(key) ?? none)
    if (value === null) values.delete(name)
    else values.set(name, value)
    this.#changed = true
    if (values.size === 0) this.#byResource.delete(key)
    else this.#byResource.set(key, values)
  }

  removeAll(resource: ConfigResource): void {
    this.#changed = true
    this.#byResource.delete(`${resource.type}:${resource.name}`)
  }

  finish(): ConfigsImage {
    return this.#changed ? new ConfigsImage(this.#byResource.finish()) : this.#base
  }
}

function resourceOf(key: string): ConfigResource {
  const colon = key.indexOf(':')
  return { type: key.slice(0, colon) as ConfigResourceType, name: key.slice(colon + 1) }
}
