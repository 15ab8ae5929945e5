/** TCP of the operating system. How bytes get from a socket to where the owner wants them: `node-stream.ts`. */
import { once } from 'node:events'
import net from 'node:net'
import type { Listening, Network, Stream } from '../network.ts'
import { NodeStream } from './node-stream.ts'

/** Connections that the kernel may hold before they are accepted. */
const BACKLOG = 511

export const nodeNetwork: Network = {
  async listen({ host, port }, accept) {
    const server = net.createServer({ pauseOnConnect: true, noDelay: true })
    server.on('connection', socket => accept(new NodeStream(socket)))
    server.listen({ host, port, backlog: BACKLOG })
    await once(server, 'listening')
    // An accept that fails (no memory, a client that has gone) concerns that client alone.
    server.on('error', () => {})
    return new NodeListening(server)
  },

  async connect({ host, port }, { timeoutMs }): Promise<Stream> {
    const socket = net.connect({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: 1000 })
    // Nothing may be read before the owner says where to.
    socket.pause()
    const timer = setTimeout(() => {
      const error: NodeJS.ErrnoException = new Error(
        `No connection to ${host}:${port} within ${timeoutMs} ms`,
      )
      error.code = 'ETIMEDOUT'
      socket.destroy(error)
    }, timeoutMs)
    try {
      await once(socket, 'connect')
    } finally {
      clearTimeout(timer)
    }
    return new NodeStream(socket)
  },
}

class NodeListening implements Listening {
  readonly #server: net.Server
  readonly host: string
  readonly port: number

  constructor(server: net.Server) {
    this.#server = server
    const address = server.address() as net.AddressInfo
    this.host = address.address
    this.port = address.port
  }

  close(): Promise<void> {
    this.#server.close()
    return Promise.resolve()
  }
}
