/**
 * Sends the frames of a file that a run has left in `.results/fuzz` to a fresh broker, one after the other, and tells
 * what came of each: `fuzz/run.sh --replay FILE`.
 */
import { readFileSync } from 'node:fs'
import { apiByKey } from '../packages/protocol/src/index.ts'
import { RawConnection } from '../packages/testing/src/raw-connection.ts'
import { fill } from './setup.ts'
import { Target } from './target.ts'

const ANSWER_MS = 10_000
const file = process.argv[2]
const target = await Target.create()
if (file === undefined || typeof target === 'string') {
  console.error(file === undefined ? 'Which file?' : 'skipped: no memory cgroup can be made')
  process.exit(1)
}
await using broker = target
await broker.start()
await fill(broker.port)
const all = readFileSync(file)
for (let at = 0; at + 8 <= all.length;) {
  // Frames whose size is wrong on purpose end the file.
  const end = Math.min(all.length, at + 4 + Math.max(4, all.readInt32BE(at)))
  const connection = await RawConnection.open(broker.port)
  connection.send(all.subarray(at, end))
  const begun = performance.now()
  const outcome = await connection.next(ANSWER_MS)
  const told = typeof outcome === 'string' ? outcome : `${outcome.length} bytes`
  const name = apiByKey(all.readInt16BE(at + 4))?.name ?? 'unknown API'
  console.log(
    `${name} v${all.readInt16BE(at + 6)}, ${end - at} bytes: ${told} after ${(performance.now() - begun).toFixed(0)} ms`,
  )
  connection.destroy()
  at = end
}
for (const { cpuMs, kind } of broker.longEvents())
  console.log(`an event of ${cpuMs.toFixed(0)} ms in ${kind}`)
console.log(broker.log.split('\n').slice(-12).join('\n'))
