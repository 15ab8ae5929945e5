/**
 * Walks the records of one batch without making objects: after each `next()` the fields of the cursor tell where
 * the parts of the record lie. Hot path of validation, reading and compaction; malformed bytes end the walk with
 * `problem` set, nothing is thrown.
 */

/** What varints are limited to: five bytes for 32 bits, ten for 64. */
const varintBytesMax = 5

/** One walk at a time; `start` begins another. */
export class RecordCursor {
  /** Why the walk ended early. */
  problem: string | undefined = undefined
  /** Position of the record's length field, and the position behind the record. */
  recordAt = 0
  recordEnd = 0
  attributes = 0
  timestampDelta = 0
  offsetDelta = 0
  /** Lengths are −1 for null. */
  keyAt = 0
  keyLength = -1
  valueAt = 0
  valueLength = -1
  headersAt = 0
  headerCount = 0
  /** `next` has returned false although the record goes on, after `headersPerStep`: it is to be called again. */
  isResting = false

  #buffer: Buffer = empty
  #at = 0
  #end = 0
  #batchEnd = 0
  #headersLeft = 0
  readonly #headersPerStep: number

  constructor(headersPerStep = Infinity) {
    this.#headersPerStep = headersPerStep
  }

  /** Goes before the first record of `buffer` between `at` and `end`: a batch's records, decompressed. */
  start(buffer: Buffer, at: number, end: number): void {
    this.#buffer = buffer
    this.#at = at
    this.#end = end
    this.problem = undefined
    this.isResting = false
  }

  /** Whether bytes are left behind the last record. */
  get hasMore(): boolean {
    return this.#at < this.#end
  }

  /** Goes to the next record; false at the end or at malformed bytes (`problem` tells which). */
  next(): boolean {
    if (this.isResting) return this.#skipHeaders()
    if (this.#at >= this.#end || this.problem !== undefined) return false
    const batchEnd = this.#end
    this.#batchEnd = batchEnd
    this.recordAt = this.#at
    const length = this.#varint()
    const end = this.#at + length
    if (this.problem !== undefined) return false
    if (length < 0 || end > batchEnd) return this.#fail('its size is beyond the batch')
    // Until the record is read nothing may lie behind its own end.
    this.#end = end
    this.recordEnd = end
    if (this.#at >= end) return this.#fail('it has no attributes')
    this.attributes = this.#buffer[this.#at++] as number
    this.timestampDelta = this.#varlong()
    this.offsetDelta = this.#varint()
    this.keyLength = this.#varint()
    this.keyAt = this.#skip(this.keyLength, 'key')
    this.valueLength = this.#varint()
    this.valueAt = this.#skip(this.valueLength, 'value')
    this.headerCount = this.#varint()
    this.headersAt = this.#at
    if (this.problem !== undefined) return false
    // A header has at least a key length and a value length.
    if (this.headerCount < 0 || this.headerCount * 2 > end - this.#at)
      return this.#fail(`it has ${this.headerCount} headers`)
    this.#headersLeft = this.headerCount
    return this.#skipHeaders()
  }

  /** Goes behind the headers, which end the record. */
  #skipHeaders(): boolean {
    this.isResting = this.#headersLeft > this.#headersPerStep
    const stop = this.isResting ? this.#headersLeft - this.#headersPerStep : 0
    for (; this.#headersLeft > stop; this.#headersLeft--) if (!this.#skipHeader()) return false
    if (this.isResting) return false
    if (this.#at !== this.#end) return this.#fail('its parts do not fill its size')
    this.#end = this.#batchEnd
    return true
  }

  #skipHeader(): boolean {
    const keyLength = this.#varint()
    if (keyLength < 0) return this.#fail('a header has no key')
    this.#skip(keyLength, 'header key')
    this.#skip(this.#varint(), 'header value')
    return this.problem === undefined
  }

  /** Position of the part, and goes behind it. */
  #skip(length: number, part: string): number {
    const at = this.#at
    if (length < -1 || length > this.#end - at) this.#fail(`the length of its ${part} is ${length}`)
    else if (length > 0) this.#at = at + length
    return at
  }

  /** Zigzag, 32 bits. */
  #varint(): number {
    const buffer = this.#buffer
    const end = this.#end
    let at = this.#at
    let value = 0
    for (let i = 0; i < varintBytesMax; i++) {
      if (at >= end) break
      const byte = buffer[at++] as number
      value |= (byte & 0x7f) << (7 * i)
      if (byte < 0x80) {
        if (i === 4 && byte > 0x0f) break
        this.#at = at
        return (value >>> 1) ^ -(value & 1)
      }
    }
    this.#fail('a varint is malformed')
    return -1
  }

  /** Zigzag, 64 bits, as an exact number. */
  #varlong(): number {
    const buffer = this.#buffer
    const end = this.#end
    let at = this.#at
    let low = 0
    let middle = 0
    for (let i = 0; i < 8; i++) {
      if (at >= end) break
      const byte = buffer[at++] as number
      if (i < 4) low |= (byte & 0x7f) << (7 * i)
      else middle |= (byte & 0x7f) << (7 * (i - 4))
      if (byte < 0x80) {
        // Above 2^53 the sum would be rounded.
        if (middle >= 2 ** 25) break
        this.#at = at
        const unsigned = middle * 2 ** 28 + low
        return low & 1 ? -(unsigned + 1) / 2 : unsigned / 2
      }
    }
    this.#fail('a timestamp is malformed')
    return -1
  }

  /** Keeps the first problem. Returns false for `next`. */
  #fail(problem: string): false {
    this.problem ??= problem
    this.isResting = false
    return false
  }
}

const empty = Buffer.alloc(0)
