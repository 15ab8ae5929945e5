/** How many files and sockets this process may have open: the shares of files and of connections follow from it. */
import fs from 'node:fs'

/** Handles that are neither connections nor files of a pool: the runtime's own, listeners, files open for a moment. */
const OTHER_HANDLES = 64
const SHARE_MIN = 8

/** The half of `limit` that connections, or pooled files, may take. */
export function shareOf(limit: number): number {
  return Math.max(SHARE_MIN, Math.floor((limit - OTHER_HANDLES) / 2))
}

/** The limit of this process (`ulimit -n`); Infinity where the system does not tell. */
export function handleLimit(): number {
  try {
    return limitIn(fs.readFileSync('/proc/self/limits', 'latin1'))
  } catch {
    return Infinity
  }
}

/** The soft limit in the text of /proc/self/limits. */
export function limitIn(text: string): number {
  const [, soft] = /^Max open files +(\d+)/m.exec(text) ?? []
  return soft === undefined ? Infinity : Number(soft)
}
