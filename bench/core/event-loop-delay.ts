/**
 * Loaded into a broker under test (`node --import`): how late does its event loop come to a timer, counting only what
 * is the process's own doing: time that the main thread waited for a processor is taken off. A delay stands for all
 * the moments inside it, so a second of silence is not one sample among many short ones. At SIGUSR2 the figures since
 * the last one are written to the file named by MOLDAU_BENCH_DELAY_FILE.
 */
import { closeSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { createHistogram, performance } from 'node:perf_hooks'

const EVERY_MS = 5
const file = process.env['MOLDAU_BENCH_DELAY_FILE']

if (file !== undefined) {
  const histogram = createHistogram()
  const schedstat = openSync('/proc/self/schedstat', 'r')
  const bytes = Buffer.alloc(64)
  /** Milliseconds that the main thread was ready to run and did not. */
  const waitedMs = (): number => {
    const length = readSync(schedstat, bytes, 0, bytes.length, 0)
    return Number(bytes.toString('latin1', 0, length).split(' ')[1]) / 1e6
  }
  let last = performance.now()
  let waited = waitedMs()
  const timer = setInterval(() => {
    const now = performance.now()
    const waitedNow = waitedMs()
    let own = now - last - EVERY_MS - (waitedNow - waited)
    last = now
    waited = waitedNow
    // Microseconds, as the histogram takes whole numbers from one on.
    do {
      histogram.record(Math.max(1, Math.round(own * 1000)))
      own -= EVERY_MS
    } while (own > 0)
  }, EVERY_MS)
  timer.unref()
  process.on('SIGUSR2', () => {
    const figures = {
      p50Ms: histogram.percentile(50) / 1000,
      p999Ms: histogram.percentile(99.9) / 1000,
      maxMs: histogram.max / 1000,
      samples: histogram.count,
    }
    histogram.reset()
    writeFileSync(`${file}.new`, JSON.stringify(figures))
    renameSync(`${file}.new`, file)
  })
  process.on('exit', () => closeSync(schedstat))
}
