/** A connection whose other end is the test: it sends bytes and looks at what comes back. */
import { Reader } from '@moldau/base'
import type { Stream, StreamHandler } from '@moldau/io'
import { encodeRequest, responseHeaderVersion, type Apis } from '@moldau/protocol'

type Api = (typeof Apis)[keyof typeof Apis]

export class FakeStream implements Stream {
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 40000
  readonly localPort = 9092
  bufferedBytes = 0
  isPaused = false
  isClosed = false
  isStarted = false
  writeCount = 0
  readonly #received: Buffer[] = []
  #handler: StreamHandler | undefined
  #correlationId = 0

  start(handler: StreamHandler): void {
    this.isStarted = true
    this.#handler = handler
  }

  write(parts: readonly Buffer[], sent?: () => void): void {
    this.writeCount++
    for (const part of parts) this.#received.push(Buffer.from(part))
    sent?.()
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  end(): void {
    this.destroy()
  }

  destroy(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#handler?.closed()
  }

  /** The client has taken all replies. */
  drained(): void {
    this.#handler?.drained()
  }

  /** Bytes arrive, in as many reads as the other side wants. */
  arrive(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && !this.isClosed) {
      const landing = (this.#handler as StreamHandler).landing()
      const count = bytes.copy(landing, 0, at, Math.min(bytes.length, at + landing.length))
      ;(this.#handler as StreamHandler).received(count)
      at += count
    }
  }

  /** Sends a request. */
  request<A extends Api>(
    api: A,
    version: number,
    body: Parameters<A['request']['encode']>[0],
  ): void {
    const header = { correlationId: ++this.#correlationId, clientId: 'test' }
    this.arrive(encodeRequest(api as never, version, header, body as never))
  }

  /** The next whole response of `api`, if there is one. */
  response<A extends Api>(
    api: A,
    version: number,
  ): ReturnType<A['response']['decode']> | undefined {
    const bytes = Buffer.concat(this.#received)
    if (bytes.length < 4 || bytes.length < 4 + bytes.readInt32BE(0)) return undefined
    const end = 4 + bytes.readInt32BE(0)
    this.#received.length = 0
    this.#received.push(bytes.subarray(end))
    const reader = new Reader(bytes, 4, end)
    reader.int32()
    if (responseHeaderVersion(api, version) > 0) reader.unsignedVarint()
    return api.response.decode(bytes.subarray(reader.offset, end), version) as ReturnType<
      A['response']['decode']
    >
  }
}
