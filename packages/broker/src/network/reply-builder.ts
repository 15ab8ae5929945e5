/**
 * Writes the responses of the data path: into a scratch that stays allocated, with record Buffers spliced in without
 * a copy. One response at a time: `begin`, fields, `finish`. Positions are those of the finished first part as long
 * as nothing was spliced before them.
 */
import { uuidToBytes } from '@moldau/base'

/** Longest encoding of a number. */
const NUMBER_BYTES_MAX = 10
const TWO_TO_32 = 2 ** 32

export class ReplyBuilder {
  #scratch = Buffer.allocUnsafeSlow(16 * 1024)
  #at = 0
  #isFlexible = false
  /** What is spliced in, and the scratch position in front of which it goes. */
  readonly #splices: { at: number; parts: readonly Buffer[] }[] = []
  #splicedBytes = 0

  get position(): number {
    return this.#at
  }

  /** Begins a response; `isFlexible` is of the message. The headers of Produce and Fetch follow their message. */
  begin(correlationId: number, isFlexible: boolean): void {
    this.#at = 4
    this.#isFlexible = isFlexible
    this.#splices.length = 0
    this.#splicedBytes = 0
    this.int32(correlationId)
    this.endTags()
  }

  int8(value: number): void {
    this.#room(1)
    this.#at = this.#scratch.writeInt8(value, this.#at)
  }

  int16(value: number): void {
    this.#room(2)
    this.#at = this.#scratch.writeInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.#room(4)
    this.#at = this.#scratch.writeInt32BE(value, this.#at)
  }

  int64(value: number): void {
    this.#room(8)
    const high = Math.floor(value / TWO_TO_32)
    this.#at = this.#scratch.writeInt32BE(high, this.#at)
    this.#at = this.#scratch.writeUInt32BE(value - high * TWO_TO_32, this.#at)
  }

  unsignedVarint(value: number): void {
    this.#room(NUMBER_BYTES_MAX)
    let rest = value
    while (rest > 0x7f) {
      this.#scratch[this.#at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#scratch[this.#at++] = rest
  }

  string(value: string): void {
    const byteCount = Buffer.byteLength(value)
    if (this.#isFlexible) this.unsignedVarint(byteCount + 1)
    else this.int16(byteCount)
    this.#room(byteCount)
    this.#at += this.#scratch.write(value, this.#at, byteCount, 'utf8')
  }

  nullableString(value: string | null): void {
    if (value !== null) this.string(value)
    else if (this.#isFlexible) this.unsignedVarint(0)
    else this.int16(-1)
  }

  uuid(text: string): void {
    this.#room(16)
    this.#at += uuidToBytes(text).copy(this.#scratch, this.#at)
  }

  /** The count of an array; -1 for null. */
  count(count: number): void {
    if (this.#isFlexible) this.unsignedVarint(count + 1)
    else this.int32(count)
  }

  /** Takes `less` from a count that was written at `position`: in as many bytes as it has. */
  lowerCount(position: number, count: number, less: number): void {
    if (!this.#isFlexible) {
      this.#scratch.writeInt32BE(count - less, position)
      return
    }
    let at = position
    let rest = count + 1 - less
    for (let width = count + 1; width > 0x7f; width >>>= 7) {
      this.#scratch[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#scratch[at] = rest
  }

  /** Records: their length, then `parts` as they are. Null where `parts` is undefined. */
  records(parts: readonly Buffer[] | undefined, byteCount: number): void {
    this.count(parts === undefined ? -1 : byteCount)
    if (parts === undefined || byteCount === 0) return
    this.#splices.push({ at: this.#at, parts })
    this.#splicedBytes += byteCount
  }

  /** The end of a struct without tagged fields. */
  endTags(): void {
    if (this.#isFlexible) this.int8(0)
  }

  /** Room for a count that is known later: see `patchInt16`. */
  patchInt16(position: number, value: number): void {
    this.#scratch.writeInt16BE(value, position)
  }

  /** The response as parts, size in front. The parts that are not records belong to the caller. */
  finish(): Buffer[] {
    const written = Buffer.allocUnsafe(this.#at)
    this.#scratch.copy(written, 0, 0, this.#at)
    written.writeInt32BE(this.#at - 4 + this.#splicedBytes, 0)
    if (this.#splices.length === 0) return [written]
    const all: Buffer[] = []
    let from = 0
    for (const { at, parts } of this.#splices) {
      all.push(written.subarray(from, at))
      for (const part of parts) all.push(part)
      from = at
    }
    if (from < written.length) all.push(written.subarray(from))
    this.#splices.length = 0
    return all
  }

  #room(byteCount: number): void {
    if (this.#at + byteCount <= this.#scratch.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#scratch.length * 2, this.#at + byteCount))
    this.#scratch.copy(larger, 0, 0, this.#at)
    this.#scratch = larger
  }
}
