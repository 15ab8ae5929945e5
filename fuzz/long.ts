/**
 * The long form: runs of ten minutes with seeds 1, 2, 3 …, until they make `SECONDS` (3600) together. One that was stopped
 * goes on with the next run; the sum goes into the ledger of the faults.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ledger, Progress } from '../faults/ledger.ts'

const KIND = 'fuzz'
const RUN_SECONDS = 600
const wanted = Number(process.env['SECONDS'] ?? 3600)

/** What a run leaves in `.results/fuzz/fuzz.json`. */
interface Result {
  readonly when: string
  readonly checks: number
  readonly failed: readonly string[]
}

const resultFile = path.join(import.meta.dirname, '../.results/fuzz/fuzz.json')
const progress = new Progress(KIND)
// `acked` holds the executions so far.
while (progress.state.seconds < wanted) {
  const { next, seconds, acked, failures, commit } = progress.state
  const runSeconds = Math.min(RUN_SECONDS, wanted - seconds)
  const seed = String(next + 1)
  const begun = new Date().toISOString()
  spawnSync(process.execPath, [path.join(import.meta.dirname, 'run.ts')], {
    stdio: 'inherit',
    env: { ...process.env, SECONDS: String(runSeconds), SEED: seed },
  })
  const result = JSON.parse(readFileSync(resultFile, 'utf8')) as Result
  if (result.when < begun) throw new Error(`The run with seed ${seed} left no result`)
  progress.save({
    next: next + 1,
    seconds: seconds + runSeconds,
    acked: acked + result.checks,
    failures: [...failures, ...result.failed],
  })
  console.log(`commit=${commit} runs=${next + 1} seconds=${seconds + runSeconds}/${wanted}`)
}
const { commit, acked: count, failures, seconds } = progress.state
ledger.add({
  kind: KIND,
  commit,
  count,
  acked: 0,
  lost: 0,
  doubled: 0,
  failures: failures.length,
  seconds,
})
progress.clear()
console.log(`execs=${count} failures=${failures.length} seconds=${seconds} commit=${commit}`)
process.exit(failures.length === 0 ? 0 : 1)
