/**
 * One TCP connection. Node reads accepted sockets into buffers of its own, which costs a copy and an allocation a read.
 * A socket made with `onread` reads into ours, but that option is only for sockets made by hand: so the handle of the
 * accepted socket is moved into a new one. Where that fails (an internal field of Node), `data` events and a copy serve.
 */
import net from 'node:net'
import type { Stream, StreamHandler } from '../network.ts'

/** Parts up to this many bytes in all are sent as one copied Buffer, larger ones by writev. */
const MERGED_BYTES_MAX = 4096

interface SocketInternals {
  _handle: unknown
}

/** A connection of the operating system. */
export class NodeStream implements Stream {
  #socket: net.Socket
  #handler: StreamHandler | undefined = undefined
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  #isPaused = false
  #isClosed = false
  #error: Error | undefined = undefined

  private constructor(socket: net.Socket) {
    this.#socket = socket
    this.remoteAddress = withoutMapping(socket.remoteAddress ?? '')
    this.remotePort = socket.remotePort ?? 0
    this.localPort = socket.localPort ?? 0
    socket.on('error', this.#failed)
  }

  /** Takes over a socket that was accepted or connected, and that has not been read from. */
  static accepted(socket: net.Socket): NodeStream {
    return new NodeStream(socket)
  }

  readonly #failed = (error: Error): void => {
    this.#error = error
  }

  start(handler: StreamHandler): void {
    this.#handler = handler
    if (this.#socket.destroyed) {
      this.#closed()
      return
    }
    const moved = moveHandle(this.#socket, handler)
    if (moved === undefined) this.#readWithCopy(this.#socket, handler)
    else this.#socket = moved
    this.#socket.setNoDelay(true)
    this.#socket.on('error', this.#failed)
    this.#socket.on('drain', () => handler.drained())
    this.#socket.on('end', () => this.#socket.end())
    this.#socket.on('close', () => this.#closed())
    if (moved !== undefined) moved.read(0)
    else this.#socket.resume()
    if (this.#isPaused) this.#socket.pause()
  }

  #readWithCopy(socket: net.Socket, handler: StreamHandler): void {
    socket.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length && !this.#isClosed;) {
        const count = chunk.copy(handler.landing(), 0, at)
        handler.received(count)
        at += count
      }
    })
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#handler?.closed(this.#error)
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  write(parts: readonly Buffer[], sent?: () => void): void {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) {
      sent?.()
      return
    }
    const done = sent === undefined ? undefined : (): void => sent()
    const first = parts[0]
    if (first === undefined) return
    if (parts.length === 1) {
      socket.write(first, done)
      return
    }
    let bytes = 0
    for (let i = 0; i < parts.length; i++) bytes += parts[i]!.length
    if (bytes <= MERGED_BYTES_MAX) {
      socket.write(Buffer.concat(parts as Buffer[], bytes), done)
      return
    }
    socket.cork()
    for (let i = 0; i < parts.length - 1; i++) socket.write(parts[i]!)
    socket.write(parts[parts.length - 1]!, done)
    socket.uncork()
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** The same connection as a socket that reads into the handler's Buffers; undefined where Node does not let us. */
function moveHandle(socket: net.Socket, handler: StreamHandler): net.Socket | undefined {
  const internals = socket as unknown as SocketInternals
  const handle = internals._handle
  if (handle === null || handle === undefined || process.env['MOLDAU_COPY_READS'] === '1')
    return undefined
  internals._handle = null
  // `handle` is accepted by the constructor, and `onread` with it; the published types know neither of the two.
  const options = {
    handle,
    onread: {
      buffer: () => handler.landing(),
      callback(byteCount: number): boolean {
        handler.received(byteCount)
        return true
      },
    },
  }
  return new net.Socket(options as unknown as net.SocketConstructorOpts)
}

/** `::ffff:127.0.0.1` is 127.0.0.1. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
