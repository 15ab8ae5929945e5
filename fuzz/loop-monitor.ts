/**
 * Loaded into the broker process by `--import`: measures the processor time of every event of its loop (a callback of
 * the system with all that it leads to before the next one) and writes those that are long to the file that
 * MOLDAU_FUZZ_MONITOR names, a line of JSON each. Time without the processor does not count.
 */
import { createHook, executionAsyncResource } from 'node:async_hooks'
import { appendFileSync } from 'node:fs'

/** Events from here on are written down. */
const TOLD_MS = 15

const file = process.env['MOLDAU_FUZZ_MONITOR']
if (file !== undefined) watch(file)

function watch(path: string): void {
  let begunCpu = process.threadCpuUsage()
  let begunAt = Date.now()
  let kind = 'start'
  createHook({
    before() {
      const resource: unknown = executionAsyncResource()
      const name = (resource as { constructor?: { name?: string } }).constructor?.name ?? ''
      // Ticks and promises belong to the event that made them.
      if (name === 'Object' || name === 'Promise' || name === 'AsyncResource') return
      const cpu = process.threadCpuUsage()
      const systemMs = (cpu.system - begunCpu.system) / 1000
      const cpuMs = (cpu.user - begunCpu.user) / 1000 + systemMs
      if (cpuMs >= TOLD_MS) {
        const line = JSON.stringify({ cpuMs, systemMs, from: begunAt, to: Date.now(), kind })
        appendFileSync(path, `${line}\n`)
        begunCpu = process.threadCpuUsage()
      } else begunCpu = cpu
      begunAt = Date.now()
      kind = name
    },
  }).enable()
}
