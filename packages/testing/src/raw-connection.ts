/** A TCP connection that sends any bytes, good or bad, and reads the frames that come back. */
import { once } from 'node:events'
import net from 'node:net'
import { Reader } from '@moldau/base'
import {
  type ApiRow,
  encodeRequest,
  type Fields,
  responseHeaderVersion,
  ResponseHeader,
  type StructInput,
  type StructOf,
} from '@moldau/protocol'

/** How long an answer may take. */
const ANSWER_DEADLINE_MS = 20_000

/** The other side closed instead of an answer. */
export class ConnectionClosedError extends Error {}

/** One connection. */
export class RawConnection {
  readonly #socket: net.Socket
  #received: Buffer = Buffer.alloc(0)
  #isClosed = false
  #correlationId = 0
  #changed: () => void = () => {}

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', chunk => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#changed()
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.#changed()
    })
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = net.connect(port, 'localhost')
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.#socket.pause()
  }

  /** Sends what was written and says that nothing follows. */
  finish(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** The next frame without its size; undefined when the other side closes before it is whole. @throws after 20 s of silence */
  async frame(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#received.length >= 4) {
        const size = this.#received.readInt32BE(0)
        if (this.#received.length >= 4 + size) {
          const frame = this.#received.subarray(4, 4 + size)
          this.#received = this.#received.subarray(4 + size)
          return frame
        }
      }
      if (this.#isClosed) return undefined
      await this.#change()
    }
  }

  /** Resolves when the other side has closed. @throws after 20 s */
  async closed(): Promise<void> {
    while (!this.#isClosed) await this.#change()
  }

  async #change(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => reject(new Error('Nothing came within 20 s')),
      ANSWER_DEADLINE_MS,
    )
    this.#changed = resolve
    await promise.finally(() => clearTimeout(timer))
  }

  /** Sends a request and reads its answer. @throws ConnectionClosedError when the connection is closed instead */
  async request<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    body: StructInput<Request>,
  ): Promise<StructOf<Response>> {
    const correlationId = this.#correlationId++
    this.send(encodeRequest(api, version, { correlationId, clientId: 'raw' }, body))
    const frame = await this.frame()
    if (frame === undefined)
      throw new ConnectionClosedError(
        `The connection was closed instead of an answer to ${api.name} v${version}`,
      )
    const reader = new Reader(frame)
    const header = ResponseHeader.read(reader, responseHeaderVersion(api, version))
    if (header.correlationId !== correlationId)
      throw new Error(`Answer ${header.correlationId} came for request ${correlationId}`)
    return api.response.read(reader, version)
  }
}
