/**
 * Ports for servers of tests. A server that is being restarted does not listen for a moment, and a run beside this one
 * could take its port: so each is reserved for as long as the process that asked for it lives. The reservation is a
 * third port, on which that process listens, so the kernel ends it with the process, however that ends.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

/** The port of a listener, that of a controller beside it, and the one that reserves both. */
const PORTS_TOGETHER = 3
/**
 * All below those that the kernel gives to outgoing connections: one of them could take the port while the server is
 * down, even the one that asks whether the server is there.
 */
const FIRST_PORT = 10_000
const LAST_PORT = 32_000

const reservations = new Map<number, net.Server>()

/** A port on which nobody listens, nor on the next one; both are reserved until `releasePort`. */
export async function freePort(): Promise<number> {
  for (;;) {
    const at = randomInt(Math.floor((LAST_PORT - FIRST_PORT) / PORTS_TOGETHER))
    const port = FIRST_PORT + at * PORTS_TOGETHER
    if (await reservePort(port)) return port
  }
}

/** Reserves a port and the next one; false when they are taken. */
export async function reservePort(port: number): Promise<boolean> {
  const reservation = await listen(port + 2)
  if (reservation === undefined) return false
  if ((await isFree(port)) && (await isFree(port + 1))) {
    reservations.set(port, reservation.unref())
    return true
  }
  await close(reservation)
  return false
}

/** Ends what `freePort` reserved; otherwise the process does, by ending. */
export function releasePort(port: number): void {
  reservations.get(port)?.close()
  reservations.delete(port)
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port)
  if (server === undefined) return false
  await close(server)
  return true
}

async function listen(port: number): Promise<net.Server | undefined> {
  const server = net.createServer(socket => socket.destroy()).listen(port, 'localhost')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}

async function close(server: net.Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
