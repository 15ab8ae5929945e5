/**
 * Cuts the frames of one connection out of what arrives, without a copy where it can be: frames that are whole in the
 * landing buffer are handed on from there; a frame that is not gets a buffer of its own, and the rest of it lands
 * directly there. The first eight bytes (size, API key, version) are looked at before any memory is taken.
 */
import { LANDING_HEADROOM, type RequestBuffers } from './request-buffers.ts'

/** Bytes that must be there before a frame is judged. The smallest request header has 8 bytes behind the size. */
const PREFIX_BYTES = 8

/** Bytes of the size in front of a frame. */
const SIZE_BYTES = 4

/** Takes the frames. */
export interface FrameSink {
  /** Judges a frame by its size alone, as soon as that is known. After false, nothing more of this connection is read. */
  admitsSize(frameBytes: number): boolean
  /** Judges a frame by its first bytes. After false, nothing more of this connection is read. */
  admits(frameBytes: number, apiKey: number, apiVersion: number): boolean
  /** A frame, from its API key on. The bytes are valid during the call only. False ends the reading. */
  frame(buffer: Buffer, start: number, end: number): boolean
  /** Asked between the frames of one read. After false, those that follow are kept until `goOn`. */
  mayGoOn(): boolean
  /** The budget for requests is used up: no more reads until `budgetGranted`. */
  budgetExhausted(): void
  budgetGranted(): void
}

export class FrameReader {
  readonly #buffers: RequestBuffers
  readonly #sink: FrameSink
  readonly #prefix = Buffer.allocUnsafe(PREFIX_BYTES)
  #prefixBytes = 0
  #frame: Buffer | undefined
  #frameBytes = 0
  #haveBytes = 0
  #stopWaiting: (() => void) | undefined
  /** What came with frames that were handled, and waits for `goOn`. */
  #rest: Buffer | undefined
  #isClosed = false

  constructor(buffers: RequestBuffers, sink: FrameSink) {
    this.#buffers = buffers
    this.#sink = sink
  }

  /** Whether a frame has begun that is not whole. */
  get isMidFrame(): boolean {
    return this.#prefixBytes > 0 || this.#frameBytes > 0
  }

  /** Size of the frame that is being received; 0 where it is not known yet. */
  get frameBytes(): number {
    return this.#frameBytes
  }

  /** Whether frames that have arrived are kept. While they are, nothing may be received. */
  get hasRest(): boolean {
    return this.#rest !== undefined
  }

  /** Hands on the frames that are kept. */
  goOn(): void {
    const rest = this.#rest
    this.#rest = undefined
    if (rest !== undefined) this.#cut(rest, 0, rest.length)
  }

  /** Where the next bytes go. */
  landing(): Buffer {
    const frame = this.#frame
    if (frame === undefined) return this.#buffers.landingTarget
    return frame.subarray(this.#haveBytes, Math.min(this.#frameBytes, frame.length))
  }

  /** `byteCount` bytes are in the Buffer that `landing` gave last. */
  received(byteCount: number): void {
    if (this.#isClosed) return
    if (this.#frame === undefined) this.#cutLanded(byteCount)
    else this.#fill(this.#frame, byteCount)
  }

  /** Takes no more bytes. The buffer of an unfinished frame stays: a read into it may be under way. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#stopWaiting !== undefined) this.#stopWaiting()
    else if (this.#frameBytes > 0) this.#buffers.unreserve(this.#frameBytes)
    this.#rest = undefined
  }

  /** Nothing is read for this reader any more. */
  readingEnded(): void {
    const frame = this.#frame
    this.#frame = undefined
    this.#haveBytes = 0
    if (frame !== undefined) this.#buffers.give(frame)
  }

  #cutLanded(byteCount: number): void {
    const { landing } = this.#buffers
    const start = LANDING_HEADROOM - this.#prefixBytes
    if (this.#prefixBytes > 0) this.#prefix.copy(landing, start, 0, this.#prefixBytes)
    this.#prefixBytes = 0
    this.#cut(landing, start, LANDING_HEADROOM + byteCount)
  }

  #cut(buffer: Buffer, start: number, end: number): void {
    let at = start
    while (end - at >= PREFIX_BYTES) {
      const frameBytes = buffer.readInt32BE(at)
      if (!this.#sink.admits(frameBytes, buffer.readInt16BE(at + 4), buffer.readInt16BE(at + 6)))
        return
      const frameEnd = at + 4 + frameBytes
      if (frameEnd > end) {
        this.#begin(frameBytes, buffer, at + 4, end)
        return
      }
      if (!this.#sink.frame(buffer, at + 4, frameEnd)) return
      at = frameEnd
      if (at < end && !this.#sink.mayGoOn()) {
        // What landed is overwritten by the next read of any connection.
        const isShared = buffer === this.#buffers.landing
        this.#rest = isShared ? Buffer.from(buffer.subarray(at, end)) : buffer.subarray(at, end)
        return
      }
    }
    // A client that waits for an answer to a wrong size sends nothing more.
    if (end - at >= SIZE_BYTES && !this.#sink.admitsSize(buffer.readInt32BE(at))) return
    this.#prefixBytes = end - at
    if (at < end) buffer.copy(this.#prefix, 0, at, end)
  }

  #begin(frameBytes: number, from: Buffer, start: number, end: number): void {
    this.#frameBytes = frameBytes
    if (this.#buffers.reserve(frameBytes)) {
      this.#startFrame(frameBytes, from, start, end)
      return
    }
    const held = Buffer.from(from.subarray(start, end))
    this.#stopWaiting = this.#buffers.whenReserved(frameBytes, () => {
      this.#stopWaiting = undefined
      this.#startFrame(frameBytes, held, 0, held.length)
      this.#sink.budgetGranted()
    })
    this.#sink.budgetExhausted()
  }

  #startFrame(frameBytes: number, from: Buffer, start: number, end: number): void {
    this.#frame = this.#buffers.take(frameBytes)
    this.#haveBytes = end - start
    from.copy(this.#frame, 0, start, end)
  }

  #fill(frame: Buffer, byteCount: number): void {
    this.#haveBytes += byteCount
    const frameBytes = this.#frameBytes
    if (this.#haveBytes === frameBytes) {
      // Ended first: handling may close this reader, which must not give the buffer back a second time.
      this.#frame = undefined
      this.#frameBytes = 0
      this.#haveBytes = 0
      this.#sink.frame(frame, 0, frameBytes)
      this.#buffers.give(frame)
      this.#buffers.unreserve(frameBytes)
    } else if (this.#haveBytes === frame.length) {
      this.#frame = this.#buffers.grow(frame, this.#haveBytes, frameBytes)
    }
  }
}
