/**
 * One TCP connection. Node reads accepted sockets into buffers of its own, which costs a copy and an allocation a read.
 * A socket made with `onread` reads into ours, but that option is only for sockets made by hand: so the handle of the
 * accepted socket is moved into a new one. Where that fails (an internal field of Node), `data` events and a copy serve.
 */
import net from 'node:net'
import type { Stream, StreamHandler } from '../network.ts'

/** Parts up to this many bytes in all are sent as one copied Buffer, larger ones by writev. */
const MERGED_BYTES_MAX = 4096

/**
 * Where the first read after a pause goes. Node is told the place of a read at the end of the one before; a handler
 * that pauses may know the place only when it resumes. One for all: it is emptied in the callback.
 */
const meanwhile = Buffer.allocUnsafeSlow(16 * 1024)

interface SocketInternals {
  _handle: unknown
}

/** How a stream reads. */
export interface NodeStreamOptions {
  /** By `data` events, with a copy, even where the handle can be moved. */
  readonly copiesReads?: boolean
}

/** A connection of the operating system. */
export class NodeStream implements Stream {
  #socket: net.Socket
  #handler: StreamHandler | undefined = undefined
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  readonly #copiesReads: boolean
  #isPaused = false
  #isClosed = false
  /** Bytes stayed behind in a write, and the handler has not been told that they left. */
  #isDraining = false
  /** What arrived with the bytes that made the handler pause. */
  #held: Buffer | undefined = undefined
  #error: Error | undefined = undefined

  /** Takes over a socket that was accepted or connected, and that has not been read from. */
  constructor(socket: net.Socket, options: NodeStreamOptions = {}) {
    this.#socket = socket
    this.#copiesReads = options.copiesReads ?? false
    this.remoteAddress = withoutMapping(socket.remoteAddress ?? '')
    this.remotePort = socket.remotePort ?? 0
    this.localPort = socket.localPort ?? 0
    socket.on('error', this.#failed)
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  start(handler: StreamHandler): void {
    this.#handler = handler
    if (this.#socket.destroyed) {
      this.#closed()
      return
    }
    const moved = this.#copiesReads ? undefined : this.#moveHandle(handler)
    if (moved === undefined) this.#readWithCopy(this.#socket, handler)
    else {
      this.#socket = moved
      moved.on('error', this.#failed)
    }
    this.#socket.setNoDelay(true)
    this.#socket.on('close', () => this.#closed())
    if (this.#isPaused) this.#socket.pause()
    else if (moved === undefined) this.#socket.resume()
    else moved.read(0)
  }

  write(parts: readonly Buffer[], sent?: () => void): void {
    const socket = this.#socket
    const last = parts[parts.length - 1]
    if (last === undefined || socket.destroyed || socket.writableEnded) {
      sent?.()
      return
    }
    const done =
      sent === undefined
        ? this.#wrote
        : (): void => {
            sent()
            this.#wrote()
          }
    if (parts.length === 1) socket.write(last, done)
    else {
      let byteCount = 0
      for (const part of parts) byteCount += part.length
      if (byteCount <= MERGED_BYTES_MAX) socket.write(merge(parts, byteCount), done)
      else {
        socket.cork()
        for (let i = 0; i < parts.length - 1; i++) socket.write(parts[i] ?? last)
        socket.write(last, done)
        socket.uncork()
      }
    }
    if (socket.writableLength > 0) this.#isDraining = true
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    // Before the start, the socket would throw away what it reads.
    if (this.#handler === undefined) return
    if (this.#held === undefined) this.#socket.resume()
    else process.nextTick(() => this.#landHeld())
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  readonly #failed = (error: Error): void => {
    this.#error = error
  }

  readonly #wrote = (): void => {
    if (!this.#isDraining || this.#isClosed || this.#socket.writableLength > 0) return
    this.#isDraining = false
    this.#handler?.drained()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#handler?.closed(this.#error)
  }

  /** The same connection as a socket that reads into the handler's Buffers; undefined where Node does not let us. */
  #moveHandle(handler: StreamHandler): net.Socket | undefined {
    const internals = this.#socket as unknown as SocketInternals
    const handle = internals._handle
    if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle))
      return undefined
    internals._handle = null
    let target: Buffer = meanwhile
    // `handle` is accepted by the constructor, and `onread` with it; the published types know neither of the two.
    const options = {
      handle,
      onread: {
        buffer: () => (target = this.#isPaused ? meanwhile : handler.landing()),
        callback: (byteCount: number): boolean => {
          if (target === meanwhile) this.#land(meanwhile, byteCount, handler)
          else handler.received(byteCount)
          return true
        },
      },
    }
    return new net.Socket(options as unknown as net.SocketConstructorOpts)
  }

  #readWithCopy(socket: net.Socket, handler: StreamHandler): void {
    socket.on('data', (chunk: Buffer) => this.#land(chunk, chunk.length, handler))
  }

  /** Brings bytes that were read elsewhere to where the handler wants them. */
  #land(from: Buffer, byteCount: number, handler: StreamHandler): void {
    let at = 0
    while (at < byteCount && !this.#isPaused && !this.#socket.destroyed) {
      const count = from.copy(handler.landing(), 0, at, byteCount)
      handler.received(count)
      at += count
    }
    if (at < byteCount) this.#held = Buffer.from(from.subarray(at, byteCount))
  }

  #landHeld(): void {
    const held = this.#held
    if (held === undefined || this.#handler === undefined || this.#isPaused) return
    this.#held = undefined
    this.#land(held, held.length, this.#handler)
    if (this.#held === undefined && !this.#isPaused) this.#socket.resume()
  }
}

function merge(parts: readonly Buffer[], byteCount: number): Buffer {
  const merged = Buffer.allocUnsafe(byteCount)
  let at = 0
  for (const part of parts) at += part.copy(merged, at)
  return merged
}

/** `::ffff:127.0.0.1` is 127.0.0.1. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
