/** Why a node did not start, and what to do: one message for the mistakes that people make. */
import fs from 'node:fs'
import type { ServerProperties } from '@moldau/broker'

/** A failure of the system carries the address or the path that it is about. */
type SystemFailure = NodeJS.ErrnoException & { readonly port?: number; readonly address?: string }

/** The message for a failure. */
export function explainFailure(error: SystemFailure, settings: ServerProperties): string {
  const listener = settings.listeners[0]
  // The broker wraps a failure of the system to name the listener: code and port are those of the cause.
  const { code, port } =
    error.code === undefined && error.cause !== undefined ? (error.cause as SystemFailure) : error
  switch (code) {
    case 'EADDRINUSE': {
      const taken = port ?? listener?.port ?? 0
      const owner = listenerOn(taken)
      return `Port ${taken} is in use${owner === undefined ? '' : ` by ${owner}`}.\n  Stop that, or listen elsewhere: --override listeners=PLAINTEXT://localhost:${taken + 1}\n  (two servers also need two data folders: --override log.dirs=./moldau-data-2)`
    }
    case 'EACCES':
    case 'EPERM':
      return port === undefined
        ? `Cannot write to ${error.path ?? 'the data folder'}: permission denied.\n  Give this user the folder, or choose another: --override log.dirs=./moldau-data`
        : `Cannot listen on port ${port}: ports below 1024 need privileges.\n  Choose a higher one: --override listeners=PLAINTEXT://localhost:9092`
    case 'EROFS':
      return `Cannot write to ${error.path ?? 'the data folder'}: the file system is read-only.\n  Choose another folder: --override log.dirs=./moldau-data`
    case 'ENOSPC':
      return `Cannot write to ${error.path ?? 'the data folder'}: the disk is full.`
    case 'ENOENT':
      return `Cannot make ${error.path ?? 'the data folder'}: there can be no folder.\n  Choose another: --override log.dirs=./moldau-data`
    case 'ENOTDIR':
    case 'EEXIST':
      return `Cannot use ${error.path ?? 'the data folder'} as a data folder: it is a file.\n  Choose another: --override log.dirs=./moldau-data`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `Cannot listen on ${listener?.host ?? 'the address'}: this machine has no such address.\n  Write one that it has into listeners; advertised.listeners is what clients are told.`
    case undefined:
    default:
      return error.message
  }
}

/** The process that listens on a port, as far as /proc tells. */
function listenerOn(port: number): string | undefined {
  try {
    const inode = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap(file => fs.readFileSync(file, 'latin1').trim().split('\n').slice(1))
      .map(line => line.trim().split(/\s+/))
      .find(
        fields =>
          fields[3] === '0A' && Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16) === port,
      )?.[9]
    if (inode === undefined) return undefined
    for (const pid of fs.readdirSync('/proc').filter(entry => /^\d+$/.test(entry)))
      if (hasSocket(pid, inode))
        return `process ${pid} (${fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 200)})`
  } catch {
    // Not Linux, or a process of somebody else: the port alone must do.
  }
  return undefined
}

function hasSocket(pid: string, inode: string): boolean {
  try {
    return fs
      .readdirSync(`/proc/${pid}/fd`)
      .some(fd => fs.readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`)
  } catch {
    return false
  }
}
