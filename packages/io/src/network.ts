/**
 * Byte streams, as the broker and the client see them. Implemented by Node's TCP (`node/node-network.ts`) and by a
 * network with delay, loss and partitions (`simulated/simulated-network.ts`).
 */

/** What the owner of a stream does with what arrives. Bytes land where the owner wants them: no copy in between. */
export interface StreamHandler {
  /**
   * The Buffer (at least one byte long) that the next bytes go into, from its start. Asked before each read: right
   * after `received`, or, where that has paused the stream, after it was resumed.
   */
  landing(): Buffer
  /** `byteCount` bytes were put at the start of the Buffer that `landing()` gave last. */
  received(byteCount: number): void
  /** What was written has left for the kernel, after `bufferedBytes` had been above zero. */
  drained(): void
  /** The stream is over, by either side. Called once, last. `error` tells of a fault. */
  closed(error?: Error): void
}

/** One connection. */
export interface Stream {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  /** Begins to read. Called once. */
  start(handler: StreamHandler): void
  /** Sends the parts in order, in one system call where possible. They must not change until `sent` is called. */
  write(parts: readonly Buffer[], sent?: () => void): void
  /** Bytes given to `write` that the kernel has not taken yet. */
  readonly bufferedBytes: number
  /** Stops and resumes reading. */
  pause(): void
  resume(): void
  /** Sends what was written, then closes. */
  end(): void
  /** Closes at once. */
  destroy(): void
}

/** A listening address. */
export interface Listening {
  readonly host: string
  /** The port that was given by the system, where 0 was asked for. */
  readonly port: number
  /** Stops accepting. Open streams live on. */
  close(): Promise<void>
}

/** A network. */
export interface Network {
  /** @throws EADDRINUSE, EACCES, EADDRNOTAVAIL (as `code` of the error) */
  listen(
    address: { host: string; port: number },
    accept: (stream: Stream) => void,
  ): Promise<Listening>
  /** @throws ECONNREFUSED, ENOTFOUND, ETIMEDOUT (as `code` of the error) */
  connect(address: { host: string; port: number }, options: { timeoutMs: number }): Promise<Stream>
}
