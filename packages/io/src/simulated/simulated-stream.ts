/**
 * One end of a simulated connection. What is written waits until the window has room, travels for a while, waits until
 * the other side reads, and lands there piece by piece. The end of a stream travels in line, behind the bytes.
 */
import type { Stream, StreamHandler } from '../network.ts'
import { systemError } from './file-tree.ts'
import type { SimulatedNetwork } from './simulated-network.ts'

/** Bytes of one packet at most. */
const PACKET_BYTES_MAX = 64 * 1024

/** Both ends of a connection that is being made. */
export interface ConnectionEnds {
  readonly host: string
  readonly port: number
  readonly peer: string
  readonly peerPort: number
}

/** What was written and has not left. */
interface Unsent {
  readonly part: Buffer
  readonly sent: (() => void) | undefined
}

type Packet = Buffer | 'end' | 'reset'

/** One end of a connection. */
export class SimulatedStream implements Stream {
  readonly host: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly #network: SimulatedNetwork
  #peer: SimulatedStream = this
  #handler: StreamHandler | undefined = undefined
  readonly #unsent: Unsent[] = []
  /** Bytes of the first unsent part that have left. */
  #sentOfFirst = 0
  #bufferedBytes = 0
  /** Bytes that have left here and were not read there. */
  #windowUsed = 0
  /** When the last packet arrives: none overtakes it. */
  #lastArrival = 0
  #stalled: Packet[] = []
  readonly #arrived: (Buffer | 'end')[] = []
  #isPaused = false
  #isReadDue = false
  #isEnding = false
  #hasSentEnd = false
  #hasReceivedEnd = false
  #isClosed = false
  #error: Error | undefined = undefined

  private constructor(network: SimulatedNetwork, ends: ConnectionEnds) {
    this.#network = network
    this.host = ends.host
    this.localPort = ends.port
    this.remoteAddress = ends.peer
    this.remotePort = ends.peerPort
  }

  /** Two ends that are connected: the one of `host`, and its peer's. */
  static pair(network: SimulatedNetwork, ends: ConnectionEnds): [SimulatedStream, SimulatedStream] {
    const { host, port, peer, peerPort } = ends
    const near = new SimulatedStream(network, ends)
    const far = new SimulatedStream(network, {
      host: peer,
      port: peerPort,
      peer: host,
      peerPort: port,
    })
    near.#peer = far
    far.#peer = near
    return [near, far]
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  start(handler: StreamHandler): void {
    this.#handler = handler
    if (this.#isClosed) this.#network.clock.soon(() => handler.closed(this.#error))
    else this.#readLater()
  }

  write(parts: readonly Buffer[], sent?: () => void): void {
    const last = parts.length - 1
    if (this.#isClosed || this.#isEnding || last < 0) {
      if (sent !== undefined) this.#network.clock.soon(sent)
      return
    }
    for (const [i, part] of parts.entries()) {
      this.#bufferedBytes += part.length
      this.#unsent.push({ part, sent: i === last ? sent : undefined })
    }
    this.#send()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#readLater()
  }

  end(): void {
    if (this.#isClosed || this.#isEnding) return
    this.#isEnding = true
    this.#send()
  }

  destroy(): void {
    if (this.#isClosed) return
    const isLossy = this.#arrived.length > 0 || this.#unsent.length > 0
    if (!this.#hasSentEnd || isLossy) this.#transmit(isLossy ? 'reset' : 'end')
    this.#close(undefined)
  }

  /** The process of this end is gone: nobody is told here, the other end is reset. */
  vanish(): void {
    if (this.#isClosed) return
    this.#handler = undefined
    this.destroy()
  }

  /** Gives the wire what the window has room for. */
  #send(): void {
    const wasBuffered = this.#bufferedBytes > 0
    const { windowBytes } = this.#network.options
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const room = Math.min(windowBytes - this.#windowUsed, PACKET_BYTES_MAX)
      const from = this.#sentOfFirst
      const to = Math.min(first.part.length, from + room)
      if (to === from && first.part.length > 0) return
      if (to > from) this.#transmit(Buffer.from(first.part.subarray(from, to)))
      this.#windowUsed += to - from
      this.#bufferedBytes -= to - from
      this.#sentOfFirst = to
      if (to < first.part.length) continue
      this.#unsent.shift()
      this.#sentOfFirst = 0
      if (first.sent !== undefined) this.#network.clock.soon(first.sent)
    }
    if (this.#isEnding && !this.#hasSentEnd) {
      this.#hasSentEnd = true
      this.#transmit('end')
      if (this.#hasReceivedEnd) this.#close(undefined)
    }
    if (wasBuffered) this.#network.clock.soon(() => this.#drained())
  }

  #drained(): void {
    if (!this.#isClosed && this.#bufferedBytes === 0) this.#handler?.drained()
  }

  #transmit(packet: Packet): void {
    const { clock, random, options } = this.#network
    const isReset = options.resetChance > 0 && random.fraction() < options.resetChance
    const arrival = Math.max(this.#lastArrival, clock.monotonic() + this.#network.delay())
    this.#lastArrival = arrival
    clock.at(arrival, () => this.#arrive(isReset ? 'reset' : packet))
    if (isReset) clock.soon(() => this.#close(systemError('ECONNRESET', 'write', this.host)))
  }

  /** A packet has reached the other host, unless the wire is cut. */
  #arrive(packet: Packet): void {
    const isCut = this.#network.isCut(this.host, this.remoteAddress)
    if (!isCut && this.#stalled.length === 0) {
      this.#peer.#receive(packet)
      return
    }
    this.#stalled.push(packet)
    if (this.#stalled.length === 1) this.#network.whenHealed(() => this.#deliverStalled())
  }

  #deliverStalled(): void {
    const packets = this.#stalled
    this.#stalled = []
    for (const packet of packets) this.#transmit(packet)
  }

  #receive(packet: Packet): void {
    if (this.#isClosed) {
      // Nobody is here to read it.
      if (packet instanceof Buffer) this.#transmit('reset')
    } else if (packet === 'reset') this.#close(systemError('ECONNRESET', 'read', this.host))
    else {
      this.#arrived.push(packet)
      this.#readLater()
    }
  }

  #readLater(): void {
    if (
      this.#isReadDue ||
      this.#isPaused ||
      this.#handler === undefined ||
      this.#arrived.length === 0
    )
      return
    this.#isReadDue = true
    this.#network.clock.later(() => {
      this.#isReadDue = false
      if (!this.#isPaused && !this.#isClosed && this.#handler !== undefined)
        this.#read(this.#handler)
    })
  }

  /** One read callback. */
  #read(handler: StreamHandler): void {
    const first = this.#arrived[0]
    if (first === undefined) return
    if (first === 'end') {
      this.#arrived.shift()
      this.#receivedEnd()
      return
    }
    const landing = handler.landing()
    const { random, options } = this.#network
    const isPiece = random.fraction() < options.pieceChance
    const wanted = isPiece ? 1 + random.below(first.length) : first.length
    const count = first.copy(landing, 0, 0, Math.min(wanted, landing.length))
    if (count === first.length) this.#arrived.shift()
    else this.#arrived[0] = first.subarray(count)
    const peer = this.#peer
    peer.#windowUsed -= count
    if (!peer.#isClosed && peer.#unsent.length > 0)
      this.#network.clock.later(() => peer.#continue())
    handler.received(count)
    this.#readLater()
  }

  #continue(): void {
    if (!this.#isClosed) this.#send()
  }

  /** The other side sends no more: this side sends what it has, and both are done. */
  #receivedEnd(): void {
    this.#hasReceivedEnd = true
    if (this.#hasSentEnd) this.#close(undefined)
    else this.end()
  }

  #close(error: Error | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#error = error
    this.#arrived.length = 0
    const { clock } = this.#network
    for (const { sent } of this.#unsent) if (sent !== undefined) clock.soon(sent)
    this.#unsent.length = 0
    this.#bufferedBytes = 0
    this.#network.ended(this)
    clock.soon(() => this.#handler?.closed(error))
  }
}
