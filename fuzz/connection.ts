/** A connection of the fuzzer: any bytes out, frames in, and no answer is an answer too. */
import { once } from 'node:events'
import net from 'node:net'

/** What came: a frame without its size, or nothing, because the other side closed or stayed silent. */
export type Outcome = Buffer | 'closed' | 'silent'

/** One connection. */
export class Connection {
  readonly #socket: net.Socket
  #parts: Buffer[] = []
  #bytes = 0
  #isClosed = false
  #wake: () => void = () => {}

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', chunk => {
      this.#parts.push(chunk)
      this.#bytes += chunk.length
      this.#wake()
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<Connection> {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new Connection(socket)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.#socket.pause()
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
      const left = deadline - Date.now()
      if (left <= 0) return 'silent'
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  #frame(): Buffer | undefined {
    if (this.#bytes < 4) return undefined
    if (this.#parts.length > 1 && (this.#parts[0]?.length ?? 0) < 4)
      this.#parts = [Buffer.concat(this.#parts)]
    const size = this.#parts[0]?.readInt32BE(0) ?? 0
    if (this.#bytes < 4 + size) return undefined
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
    if (all === undefined) return undefined
    this.#parts = all.length > 4 + size ? [all.subarray(4 + size)] : []
    this.#bytes -= 4 + size
    return all.subarray(4, 4 + size)
  }
}
