/**
 * How much memory this process may have: the budgets of requests, fetches and hot tails are parts of it. A control group
 * may have no limit of its own and be in one that has: the least on the way up counts, which Node does not look for.
 * scripts/memory-settings.sh does the same for the heap.
 */
import fs from 'node:fs'
import os from 'node:os'

/** The memory of the machine, or of the control groups that this process is in. */
export function memoryLimit(): number {
  return Math.min(os.totalmem(), leastLimit(textOf('/proc/self/cgroup') ?? '', textOf))
}

/** The least limit of the groups in the text of /proc/self/cgroup, version 1 or 2, and of those around them. */
export function leastLimit(groups: string, read: (path: string) => string | undefined): number {
  let least = Infinity
  for (const [, controllers, group = ''] of groups.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    if (controllers !== '' && controllers !== 'memory') continue
    const [folder, file] =
      controllers === ''
        ? ['/sys/fs/cgroup', 'memory.max']
        : ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes']
    // In a container the folders on the way may not be seen, and the uppermost is the group's own.
    for (let end = group.length; end >= 0; end = group.lastIndexOf('/', end - 1)) {
      const limit = Number.parseInt(read(`${folder}${group.slice(0, end)}/${file}`) ?? '', 10)
      // `max` is not a number.
      if (limit < least) least = limit
      if (end === 0) break
    }
  }
  return least
}

function textOf(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
