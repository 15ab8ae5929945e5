/** What is told when the disk of a log directory fails: which directory, what the system said, and what to do. */

/** By the system's code: what happened, and what to do before the next start. */
const advice: Readonly<Record<string, string>> = {
  EIO: 'the disk reported an input/output error; check the disk (the kernel log tells more) before the next start',
  ENOSPC: 'the disk is full; make room before the next start',
  EDQUOT: 'the quota of this user is used up; raise it before the next start',
  EROFS:
    'the file system is read-only, as the kernel makes it after an error; check it and mount it writable before the next start',
  EFBIG:
    'a file may not grow further; raise the limit on file sizes (ulimit -f) before the next start',
  EACCES: 'permission denied; give this user the folder before the next start',
  EPERM: 'permission denied; give this user the folder before the next start',
  EMFILE: 'no file handles are left; raise the limit (ulimit -n) before the next start',
  ENFILE: 'the system has no file handles left; free some before the next start',
}

/** The failure of a directory, with the one of the system as its cause. */
export function directoryFailure(directory: string, error: Error): Error {
  const { code } = error as NodeJS.ErrnoException
  const why = advice[code ?? '']
  return new Error(
    why === undefined
      ? `Log directory ${directory} has failed: ${error.message}`
      : `Log directory ${directory} has failed: ${why} (${error.message})`,
    { cause: error },
  )
}
