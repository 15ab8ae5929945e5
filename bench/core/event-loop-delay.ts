/**
 * Loaded into a broker under test (`node --import`): how late does its event loop come to a timer? Two figures of each
 * delay: the part in which the main thread had the processor, and all of it but the time that it waited for a
 * processor (so the first and what blocked it, as a disk does). A delay stands for all the moments inside it, so a
 * second of silence is not one sample among many short ones. SIGUSR2 begins to look, the next one writes what was seen
 * to the file named by MOLDAU_BENCH_DELAY_FILE and ends.
 */
import { openSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

const EVERY_MS = 5
const file = process.env['MOLDAU_BENCH_DELAY_FILE']

if (file !== undefined) {
  const schedstat = openSync('/proc/self/schedstat', 'r')
  const bytes = Buffer.alloc(64)
  let timer: NodeJS.Timeout | undefined
  let own: number[] = []
  let all: number[] = []
  let last = { at: 0, ranMs: 0, waitedMs: 0 }
  const look = (): typeof last => {
    const length = readSync(schedstat, bytes, 0, bytes.length, 0)
    const [ran, waited] = bytes.toString('latin1', 0, length).split(' ')
    return { at: performance.now(), ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 }
  }
  const sample = (): void => {
    const now = look()
    const delay = now.at - last.at - EVERY_MS - (now.waitedMs - last.waitedMs)
    add(all, delay)
    add(own, Math.min(delay, now.ranMs - last.ranMs))
    last = now
  }
  process.on('SIGUSR2', () => {
    if (timer === undefined) {
      own = []
      all = []
      last = look()
      timer = setInterval(sample, EVERY_MS)
      timer.unref()
      return
    }
    clearInterval(timer)
    timer = undefined
    writeFileSync(`${file}.new`, JSON.stringify({ own, all }))
    renameSync(`${file}.new`, file)
  })
}

/** Adds a delay, and what each later moment within it would have seen. */
function add(delays: number[], delay: number): void {
  let left = delay
  do {
    delays.push(Math.max(0, Number(left.toFixed(3))))
    left -= EVERY_MS
  } while (left > 0)
}
