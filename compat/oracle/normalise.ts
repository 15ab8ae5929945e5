/**
 * What is made equal before answers are compared, and nothing else:
 * - ids that a broker chooses at random (topics, directories, members, sessions) become names or numbers in the order
 *   in which the case saw them; the broker's port and folder become words;
 * - a point in time within a year of now becomes `<now>`, a range that ends there `<range>`;
 * - record batches are decoded; a piece of a batch at the end, which every client drops, is left out (Kafka cuts the
 *   last batch where a limit of bytes ends); of compressed batches the decoded records are compared;
 * - what `volatileFields` names becomes `<any>`. Order is the comparison's: see `compare.ts`.
 */
import { batch, readBatches, readRecords } from '@moldau/protocol'
import { createHash } from 'node:crypto'

/** Values that depend on the machine or the moment, by API and field. */
const volatileFields: Readonly<Record<string, readonly string[]>> = {
  ApiVersions: ['finalizedFeaturesEpoch'],
  DescribeLogDirs: ['totalBytes', 'usableBytes'],
  DescribeQuorum: ['highWatermark', 'logEndOffset', 'leaderEpoch'],
}

const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
/** Cases that speak of now stay within it; `SOME_TIME`, which others use, is outside. */
const YEAR_MS = 365 * 24 * 3600 * 1000
const LONGEST_TEXT = 160
const id = /^[A-Za-z0-9_-]{22}$/
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** The broker whose traces are removed. */
export interface Place {
  readonly port: number
  readonly folder: string
}

/** Normalises the answers of one case, in order. */
export class Normaliser {
  readonly #place: Place
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(place: Place) {
    this.#place = place
  }

  /** Tells an id by the name of its topic from now on. */
  know(topicId: string, name: string): void {
    if (topicId === ZERO_ID || this.#names.has(`id${topicId}`)) return
    const count = (this.#counts.get(`id of ${name}`) ?? 0) + 1
    this.#counts.set(`id of ${name}`, count)
    this.#names.set(`id${topicId}`, `<id of ${name}${count === 1 ? '' : ` ${count}`}>`)
  }

  /** An answer of an API, or an observation. */
  normalise(value: unknown, api = ''): unknown {
    return this.#value(value, '', api)
  }

  #value(value: unknown, key: string, api: string): unknown {
    if (value === undefined) return undefined
    if (Buffer.isBuffer(value)) return key === 'records' ? batchesOf(value) : shortHex(value)
    if (Array.isArray(value)) {
      return value.map(item => this.#value(item, key, api))
    }
    if (typeof value === 'object' && value !== null) return this.#object(value, api)
    if (typeof value === 'number') return this.#number(value, key, api)
    if (typeof value === 'string') return this.#text(value, key)
    return value
  }

  #object(value: object, api: string): Record<string, unknown> {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    const { topicId, name, topic } = value as Record<string, unknown>
    const topicName = name ?? topic
    if (typeof topicId === 'string' && typeof topicName === 'string' && topicName !== '')
      this.know(topicId, topicName)
    return Object.fromEntries(fields.map(([key, field]) => [key, this.#value(field, key, api)]))
  }

  #number(value: number, key: string, api: string): unknown {
    if (volatileFields[api]?.includes(key)) return '<any>'
    if (key === 'port' && value === this.#place.port) return '<port>'
    if (key === 'port' && value === this.#place.port + 1) return '<controller port>'
    if (key === 'sessionId' && value !== 0) return this.#numbered('session', String(value))
    if (Math.abs(value - Date.now()) < YEAR_MS) return '<now>'
    return Object.is(value, -0) ? 0 : value
  }

  #text(value: string, key: string): string {
    if (value === ZERO_ID) return '<zero id>'
    if (/id$/i.test(key) && id.test(value)) return this.#numbered('id', value)
    return value
      .replaceAll(uuid, found => this.#numbered('uuid', found))
      .replaceAll(this.#place.folder, '<folder>')
      .replaceAll(/[A-Za-z0-9_-]{22,}/g, found => this.#names.get(`id${found}`) ?? found)
      .replaceAll(new RegExp(`\\b${this.#place.port}\\b`, 'g'), '<port>')
      .replaceAll(new RegExp(`\\b${this.#place.port + 1}\\b`, 'g'), '<controller port>')
      .replaceAll(/within \[-?\d+, \d+\]/g, 'within <range>')
      .replaceAll(/\b1\d{12}\b/g, found =>
        Math.abs(Number(found) - Date.now()) < YEAR_MS ? '<now>' : found,
      )
  }

  #numbered(kind: string, found: string): string {
    const known = this.#names.get(kind + found)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const name = `<${kind} ${count}>`
    this.#names.set(kind + found, name)
    return name
  }
}

/** Bytes as text, short. */
function shortHex(bytes: Buffer): string {
  return shortened(bytes.toString('hex'))
}

function shortened(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  return `sha1:${createHash('sha1').update(text).digest('hex').slice(0, 16)} of ${text.length}`
}

/** The whole batches of a fetch: all of the header but what follows from the rest, and the records. */
function batchesOf(records: Buffer): unknown {
  try {
    return Array.from(readBatches(records), ({ buffer, at }) => ({
      baseOffset: batch.baseOffset(buffer, at),
      lastOffset: batch.lastOffset(buffer, at),
      leaderEpoch: batch.partitionLeaderEpoch(buffer, at),
      attributes: batch.attributes(buffer, at),
      baseTimestamp: timeOf(batch.baseTimestamp(buffer, at)),
      maxTimestamp: timeOf(batch.maxTimestamp(buffer, at)),
      producer: `${batch.producerId(buffer, at)}/${batch.producerEpoch(buffer, at)}/${batch.baseSequence(buffer, at)}`,
      isCrcValid: batch.isCrcValid(buffer, at),
      ...(batch.compression(buffer, at) === 'none' && {
        sizeInBytes: batch.sizeInBytes(buffer, at),
      }),
      records: shortened(Array.from(readRecords(buffer, at), recordText).join(' ')),
    }))
  } catch (error) {
    return `not batches: ${records.length} bytes, ${String(error)}`
  }
}

function recordText(record: {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[]
}): string {
  const headers = record.headers.map(({ key, value }) => `${key}=${bytesText(value)}`)
  return [
    record.offset,
    timeOf(record.timestamp),
    bytesText(record.key),
    bytesText(record.value),
    ...headers,
  ].join(':')
}

function bytesText(bytes: Buffer | null): string {
  return bytes === null ? 'null' : bytes.toString('latin1')
}

function timeOf(timestamp: number): number | string {
  return Math.abs(timestamp - Date.now()) < YEAR_MS ? '<now>' : timestamp
}
