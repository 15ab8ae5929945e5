/**
 * Serdes: how keys and values become bytes and back. The types of a producer or consumer follow from those given.
 */
import { KafkaError } from '../errors.ts'

/** Converts one kind of value. null stands for the absent key or the tombstone. @public */
export interface Serde<T> {
  serialize(value: T, topic: string): Buffer | null
  /** @throws KafkaError SERDE */
  deserialize(data: Buffer | null, topic: string): T
}

/** Bytes as they are; null stays null. What is used when no serde is given. @public */
export const buffer: Serde<Buffer | null> = {
  serialize: value => value,
  deserialize: data => data,
}

/** Text in UTF-8. @public */
export const string: Serde<string> = {
  serialize: value => Buffer.from(value),
  deserialize: (data, topic) => present(data, topic).toString('utf8'),
}

/** A double in eight bytes, as Java's DoubleSerializer writes it. @public */
export const float64: Serde<number> = {
  serialize(value) {
    const data = Buffer.allocUnsafe(8)
    data.writeDoubleBE(value)
    return data
  },
  deserialize(data, topic) {
    const bytes = present(data, topic)
    if (bytes.length !== 8)
      throw new KafkaError('SERDE', {
        message: `Cannot read a double of topic ${topic} from ${bytes.length} bytes`,
      })
    return bytes.readDoubleBE()
  },
}

/** JSON in UTF-8. The type is the caller's word: nothing is checked. @public */
export function json<T>(): Serde<T> {
  return {
    serialize: value => Buffer.from(JSON.stringify(value)),
    deserialize(data, topic) {
      const text = present(data, topic).toString('utf8')
      try {
        return JSON.parse(text) as T
      } catch (cause) {
        throw new KafkaError('SERDE', { message: `Cannot read JSON of topic ${topic}`, cause })
      }
    },
  }
}

/** The same serde with null for tombstones. @public */
export function nullable<T>(serde: Serde<T>): Serde<T | null> {
  return {
    serialize: (value, topic) => (value === null ? null : serde.serialize(value, topic)),
    deserialize: (data, topic) => (data === null ? null : serde.deserialize(data, topic)),
  }
}

function present(data: Buffer | null, topic: string): Buffer {
  if (data === null)
    throw new KafkaError('SERDE', { message: `Cannot convert a null value of topic ${topic}` })
  return data
}
