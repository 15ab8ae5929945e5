/**
 * A folder for one owner alone, without native code. On Linux the lock is an abstract Unix socket named after the
 * folder's device and inode: the kernel gives a name to one process, and takes it back however that process ends.
 * `/proc/locks` is read too, so that a folder in use by a running Apache Kafka (which locks `.lock` by fcntl) is refused.
 * On other systems a file with the process id stands for the socket. See docs/decisions/0005-directory-lock.md.
 */
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import type { DirectoryLock } from '../files.ts'

/** The file that Kafka locks. */
const LOCK_FILE = '.lock'

/** Takes the folder; undefined when someone has it. */
export async function lockDirectory(directory: string): Promise<DirectoryLock | undefined> {
  const lockFile = path.join(directory, LOCK_FILE)
  fs.closeSync(fs.openSync(lockFile, 'a', 0o644))
  if (process.platform !== 'linux') return lockByProcessId(lockFile)
  if (isLockedByFcntl(lockFile)) return undefined
  const { dev, ino } = fs.statSync(directory, { bigint: true })
  const server = net.createServer(socket => socket.destroy())
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(`\0moldau-data-${dev}-${ino}`, resolve)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
  server.unref()
  return { release: () => void server.close() }
}

/**
 * Does another process hold an fcntl lock on the file? A line of /proc/locks names owner and inode, as in
 * `1: POSIX  ADVISORY  WRITE 1234 08:01:5678 0 EOF`. The inode may be one of another disk, so the owner's open files
 * are looked at; where that is not allowed, the lock is taken for one on our file.
 */
function isLockedByFcntl(lockFile: string): boolean {
  let locks: string
  try {
    locks = fs.readFileSync('/proc/locks', 'latin1')
  } catch {
    return false
  }
  const { dev, ino } = fs.statSync(lockFile, { bigint: true })
  for (const [, owner, inode] of locks.matchAll(/ POSIX .* WRITE +(\d+) [^ ]*:(\d+) /g))
    if (
      inode === String(ino) &&
      Number(owner) !== process.pid &&
      hasOpen(`/proc/${owner}/fd`, dev, ino)
    )
      return true
  return false
}

function hasOpen(descriptors: string, dev: bigint, ino: bigint): boolean {
  try {
    return fs.readdirSync(descriptors).some(name => {
      const open = fs.statSync(`${descriptors}/${name}`, { bigint: true, throwIfNoEntry: false })
      return open?.dev === dev && open.ino === ino
    })
  } catch {
    return true
  }
}

function lockByProcessId(lockFile: string): DirectoryLock | undefined {
  const owner = Number(fs.readFileSync(lockFile, 'latin1').trim() || '0')
  if (owner !== 0 && owner !== process.pid && isAlive(owner)) return undefined
  fs.writeFileSync(lockFile, String(process.pid))
  return { release: () => fs.writeFileSync(lockFile, '') }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
