/**
 * Requests made from the schemas: for every API and version valid ones, whose values name what exists in the broker and
 * what does not, and damaged ones.
 */
import { LONG_MAX, LONG_MIN, seededRandom, type Random } from '../packages/base/src/index.ts'
import { servedApis } from '../packages/broker/src/apis/index.ts'
import type { Api } from '../packages/protocol/src/apis.ts'
import { apiByKey, Apis, encodeRequest, type UnknownTag } from '../packages/protocol/src/index.ts'
import type { Scalar } from '../packages/protocol/src/schema.ts'
import { randomValue } from '../packages/protocol/test/random-value.ts'
import { randomBatch } from './batches.ts'
import { mutate, pick } from './mutation.ts'
import type { Known } from './setup.ts'

/** An API in a version that some release of Kafka knows. */
export interface Pair {
  readonly api: Api
  readonly version: number
}

/** What is sent. */
export interface Input {
  /** What was done to it: `valid`, `cut`, … */
  readonly kind: string
  readonly name: string
  readonly bytes: Buffer
  /** Of requests that are as they should be: their answer is decoded. */
  readonly pair: Pair | undefined
  /** No answer for a while is right: it waits for data, members, or the rest of a frame. */
  readonly mayBeSilent: boolean
}

/** Every API of Kafka 4.3.1 in every version that its schema has, told by ApiVersions or not. */
export const allPairs: readonly Pair[] = Object.values(Apis).flatMap(api => {
  const [low, high] = api.request.versions
  return Array.from({ length: high - low + 1 }, (_, i) => ({ api, version: low + i }))
})

/** Bytes in front of a body that any request has: size, key, version, correlation id. */
const HEAD_BYTES = 12
/** A cut at every byte of longer requests is a cut at every so many. */
const CUTS_MAX = 160
const CUTS_OF_UNSERVED = 8
/** API keys that do not exist, and those that Kafka 4 removed. */
const unknownKeys = [4, 5, 6, 7, 58, 93, 1000, 32767, -1, -32768]
/** These wait. */
const patient: ReadonlySet<string> = new Set(['Fetch', 'JoinGroup', 'SyncGroup', 'Produce'])

const names = [
  'nope',
  '',
  '..',
  '.',
  'a/b',
  'x'.repeat(249),
  'x'.repeat(250),
  'größe',
  '\0',
  'orders\n',
  '__consumer_offsets',
  '__cluster_metadata',
  '__transaction_state',
  '../../etc/passwd',
  'constructor',
  '__proto__',
  'toString',
]
const texts = [
  '',
  'consumer',
  'range',
  'cleanup.policy',
  'compact',
  'delete',
  'retention.ms',
  '-1',
  '0',
  '1',
  'abc',
  'x'.repeat(4095),
  '川\u{1f30a}',
  '__proto__',
  'constructor',
  'localhost',
  '1e9',
  'NaN',
  '9223372036854775807',
  '99999999999999999999',
  'max.message.bytes',
  'min.insync.replicas',
  'segment.bytes',
  'compression.type',
  'PLAINTEXT',
  '1:2',
  '*',
  'user',
  'client-id',
  'ip',
]
const groups = ['g1', 'g1', 'g2', 'g3', '']
const clientIds = ['fuzz', null, '', 'x'.repeat(1000), '__admin_client']
const int64s = [0, -1, 1, -2, -3, -4, -5, -6, 100, 2 ** 53 - 1, -(2 ** 53) + 1, LONG_MAX, LONG_MIN]

/** Makes inputs by one stream of chance. */
export class Inputs {
  readonly #random: Random
  readonly #known: Known

  constructor(seed: string, known: Known) {
    this.#random = seededRandom(seed)
    this.#known = known
  }

  /** All that is tried of a pair in one round. `hasCuts`: a cut at every byte too. */
  *ofPair(pair: Pair, hasCuts: boolean): Generator<Input> {
    for (let i = 0; i < 3; i++) yield this.#whole(pair, 'valid')
    for (let i = 0; i < 2; i++) yield this.#whole(pair, 'tags')
    yield this.#unknownVersion(pair)
    const { bytes } = this.#whole(pair, 'valid')
    for (let i = 0; i < 6; i++) yield this.damaged(bytes, 'damaged', pair.api.name)
    yield this.#wrongSize(bytes, pair)
    if (hasCuts) yield* this.#cuts(bytes, pair)
  }

  /** A damaged copy of a frame, whose size is right. */
  damaged(bytes: Buffer, kind: string, name: string, donor?: Buffer): Input {
    const kept = this.#random.fraction() < 0.9 ? 8 : 4
    const damagedBytes = sized(mutate(bytes, this.#random, kept, donor))
    // It may have become a request of another API.
    const api = apiByKey(damagedBytes.readInt16BE(4))
    const mayBeSilent = patient.has(name) || patient.has(api?.name ?? '')
    return { kind, name, bytes: damagedBytes, pair: undefined, mayBeSilent }
  }

  /** A request that its schema can read. */
  #whole(pair: Pair, kind: 'valid' | 'tags'): Input {
    for (;;) {
      const body = this.body(pair, kind === 'tags' ? 0.6 : 0.02)
      try {
        const sender = { correlationId: this.#random.below(1000), clientId: this.#pick(clientIds) }
        const bytes = encodeRequest(pair.api, pair.version, sender, body as never)
        const mayBeSilent = patient.has(pair.api.name)
        return { kind, name: nameOf(pair), bytes, pair, mayBeSilent }
      } catch (error) {
        // A value that this version cannot carry: the next one will do.
        if (!(error instanceof RangeError)) throw error
      }
    }
  }

  /** Values for a request. `tagRate`: how often a struct has tags that nobody knows. */
  body({ api, version }: Pair, tagRate = 0): Record<string, unknown> {
    const isFlexible = version >= api.request.flexibleFrom
    return randomValue(api.request.fields, version, isFlexible, () => this.#random.fraction(), {
      scalar: (type, key) => this.#scalar(type, key),
      count: () => this.#count(),
      unknownTags: () => (this.#random.fraction() < tagRate ? this.#tags() : undefined),
    })
  }

  *#cuts(bytes: Buffer, pair: Pair): Generator<Input> {
    const { api } = pair
    // Nobody looks at the body of a request that is not served.
    const step = Math.ceil((bytes.length - 4) / (isServed(pair) ? CUTS_MAX : CUTS_OF_UNSERVED))
    for (let end = 4; end < bytes.length; end += step)
      yield {
        kind: 'cut',
        name: api.name,
        bytes: sized(Buffer.from(bytes.subarray(0, end))),
        pair: undefined,
        mayBeSilent: patient.has(api.name),
      }
  }

  /** A size that is not that of the frame: less, more, none, negative, huge. */
  #wrongSize(bytes: Buffer, { api }: Pair): Input {
    const copy = Buffer.from(bytes)
    const size = this.#pick([0, 1, -1, 7, 2 ** 31 - 1, -(2 ** 31), copy.length + 100, 104_857_601])
    copy.writeInt32BE(size, 0)
    return { kind: 'size', name: api.name, bytes: copy, pair: undefined, mayBeSilent: true }
  }

  #unknownVersion(pair: Pair): Input {
    const { bytes } = this.#whole(pair, 'valid')
    const [low, high] = pair.api.request.versions
    if (this.#random.fraction() < 0.3) bytes.writeInt16BE(this.#pick(unknownKeys), 4)
    else bytes.writeInt16BE(this.#pick([low - 1, high + 1, 32767, -1, -32768]), 6)
    const { name } = pair.api
    return { kind: 'version', name, bytes, pair: undefined, mayBeSilent: false }
  }

  #tags(): UnknownTag[] {
    const random = this.#random
    return Array.from({ length: 1 + random.below(3) }, (_, i) => ({
      tag: this.#pick([1000, 5000, 100_000]) + i * 7,
      bytes: random.bytes(random.below(200)),
    }))
  }

  #count(): number {
    const kind = this.#random.fraction()
    if (kind < 0.1) return 0
    return kind < 0.13 ? 200 : 1 + this.#random.below(3)
  }

  #scalar(type: Scalar, key: string): unknown {
    switch (type) {
      case 'string':
        return this.#text(key)
      case 'int16':
        return /acks/i.test(key) ? this.#pick([-1, 1, 0, -1, 1, 2]) : undefined
      case 'int32':
        return this.#int32(key)
      case 'int64':
        return /producerId/i.test(key)
          ? this.#pick([...this.#known.producerIds, -1, 0])
          : this.#pick(int64s)
      case 'float64':
        return this.#pick([0, -1, 1, NaN, Infinity, 1e308])
      case 'uuid':
        return this.#random.fraction() < 0.6 ? this.#pick(this.#known.topicIds) : undefined
      case 'records':
        return randomBatch(this.#random, this.#known.producerIds)
      case 'boolean':
      case 'int8':
      case 'uint16':
      case 'uint32':
      case 'bytes':
        return undefined
    }
  }

  #text(key: string): string {
    const isLikely = this.#random.fraction() < 0.7
    const { topics, memberId } = this.#known
    if (/topic|^name$/i.test(key) && isLikely)
      return this.#random.fraction() < 0.6 ? this.#pick(topics) : this.#pick(names)
    if (/group/i.test(key) && isLikely) return this.#pick(groups)
    if (/memberId/.test(key) && isLikely) return this.#pick([memberId, ''])
    return this.#random.fraction() < 0.8 ? this.#pick(texts) : this.#pick(names)
  }

  #int32(key: string): number | undefined {
    const isLikely = this.#random.fraction() < 0.6
    if (/maxWait|timeout/i.test(key)) return this.#pick([0, 0, 1, 10, -1, -(2 ** 31), 100])
    if (/generation/i.test(key) && isLikely) return this.#known.generation
    if (/partitionIndex|^index$|^partition$/i.test(key) && isLikely) return this.#random.below(3)
    if (/numPartitions|^count$/i.test(key))
      return this.#pick([-1, 0, 1, 2, 5, 20, 2 ** 31 - 1, -(2 ** 31), 1_000_000, 10_001])
    if (/epoch/i.test(key)) return this.#pick([-1, -1, 0, 0, 1, 5, 2 ** 31 - 1])
    if (/bytes/i.test(key)) return this.#pick([0, 1, -1, 1000, 2 ** 20, 2 ** 31 - 1, -(2 ** 31)])
    return this.#pick([0, -1, 1, 2, 3, 100, 2 ** 31 - 1, -(2 ** 31), -2, 1000, 65_536])
  }

  #pick<T>(list: readonly T[]): T {
    return pick(list, this.#random)
  }
}

/** Does the broker tell of this version in ApiVersions? */
function isServed({ api, version }: Pair): boolean {
  const versions = servedApis.find(served => served.api.key === api.key)?.versions
  return versions !== undefined && version >= versions[0] && version <= versions[1]
}

/** `Fetch v12`. */
export function nameOf({ api, version }: Pair): string {
  return `${api.name} v${version}`
}

/** Puts the right size in front; a frame is at least its head. */
function sized(bytes: Buffer): Buffer {
  const whole =
    bytes.length >= HEAD_BYTES
      ? bytes
      : Buffer.concat([bytes, Buffer.alloc(HEAD_BYTES - bytes.length)])
  whole.writeInt32BE(whole.length - 4, 0)
  return whole
}
