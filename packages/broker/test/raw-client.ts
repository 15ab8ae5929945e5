/** A client that speaks the protocol over a network and knows nothing else. */
import { Reader } from '@moldau/base'
import type { Network, Stream, StreamHandler } from '@moldau/io'
import { encodeRequest, responseHeaderVersion, type Apis } from '@moldau/protocol'

type Api = (typeof Apis)[keyof typeof Apis]

export class RawClient implements StreamHandler {
  readonly #stream: Stream
  readonly #landing = Buffer.alloc(64 * 1024)
  #received = Buffer.alloc(0)
  #correlationId = 0
  readonly #waiting: { take: (frame: Buffer) => void; fail: (error: Error) => void }[] = []

  static async connect(
    network: Network,
    address: { host: string; port: number },
  ): Promise<RawClient> {
    return new RawClient(await network.connect(address, { timeoutMs: 10_000 }))
  }

  private constructor(stream: Stream) {
    this.#stream = stream
    stream.start(this)
  }

  /** Sends a request; resolves with its response. */
  async call<A extends Api>(
    api: A,
    version: number,
    body: Parameters<A['request']['encode']>[0],
  ): Promise<ReturnType<A['response']['decode']>> {
    const header = { correlationId: ++this.#correlationId, clientId: 'raw' }
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    this.#waiting.push({ take: resolve, fail: reject })
    this.#stream.write([encodeRequest(api as never, version, header, body as never)])
    const reader = new Reader(await promise)
    reader.int32()
    if (responseHeaderVersion(api, version) > 0) reader.unsignedVarint()
    return api.response.read(reader, version) as ReturnType<A['response']['decode']>
  }

  close(): void {
    this.#stream.destroy()
  }

  landing(): Buffer {
    return this.#landing
  }

  received(byteCount: number): void {
    this.#received = Buffer.concat([this.#received, this.#landing.subarray(0, byteCount)])
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readInt32BE(0)
      if (this.#received.length < end) return
      const frame = this.#received.subarray(4, end)
      this.#received = this.#received.subarray(end)
      this.#waiting.shift()?.take(frame)
    }
  }

  drained(): void {}

  closed(): void {
    for (const { fail } of this.#waiting) fail(new Error('The connection was closed'))
  }
}
