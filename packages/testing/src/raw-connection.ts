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

/** What came: a frame without its size, or nothing, because the other side closed or stayed silent. */
export type Outcome = Buffer | 'closed' | 'silent'

/** One connection. */
export class RawConnection {
  readonly #socket: net.Socket
  #parts: Buffer[] = []
  #bytes = 0
  #isClosed = false
  #correlationId = 0
  #changed: () => void = () => {}

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', chunk => {
      this.#parts.push(chunk)
      this.#bytes += chunk.length
      this.#changed()
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.#changed()
    })
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = net.connect({ port, host: 'localhost', noDelay: true })
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

  /** The next frame; waits so long for it. */
  async next(waitMs: number): Promise<Outcome> {
    const deadline = Date.now() + waitMs
    for (;;) {
      const frame = this.#frame()
      if (frame !== undefined) return frame
      if (this.#isClosed) return 'closed'
      if (!(await this.#change(deadline - Date.now()))) return 'silent'
    }
  }

  /** The next frame; undefined when the other side closes before it is whole. @throws after 20 s of silence */
  async frame(): Promise<Buffer | undefined> {
    const outcome = await this.next(ANSWER_DEADLINE_MS)
    if (outcome === 'silent') throw new Error('Nothing came within 20 s')
    return outcome === 'closed' ? undefined : outcome
  }

  /** Resolves when the other side has closed. @throws after 20 s of silence */
  async closed(): Promise<void> {
    while (!this.#isClosed)
      if (!(await this.#change(ANSWER_DEADLINE_MS))) throw new Error('It did not close within 20 s')
  }

  /** Waits until something has come or the other side has closed; false when nothing has for so long. */
  async #change(waitMs: number): Promise<boolean> {
    if (waitMs <= 0) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => resolve(false), waitMs)
    this.#changed = () => resolve(true)
    return promise.finally(() => clearTimeout(timer))
  }

  #frame(): Buffer | undefined {
    if (this.#bytes < 4) return undefined
    if (this.#parts.length > 1 && this.#parts[0]!.length < 4)
      this.#parts = [Buffer.concat(this.#parts)]
    const end = 4 + this.#parts[0]!.readInt32BE(0)
    if (this.#bytes < end) return undefined
    const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    this.#parts = all.length > end ? [all.subarray(end)] : []
    this.#bytes -= end
    return all.subarray(4, end)
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
    // Throws for bytes that are left, too.
    return api.response.decode(frame.subarray(reader.offset), version)
  }
}
