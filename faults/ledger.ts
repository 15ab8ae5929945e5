/**
 * What the fault tests ran, and on which commit. `ledger.add` sums up runs by kind and commit in
 * `docs/faults-ledger.json`, which is committed; `report.ts` writes the table of `docs/faults.md` from it. `Progress`
 * keeps what a long form has done so far under `.results/faults`, so that a run that was stopped goes on where it was.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { currentCommit, replaceFile, resultsFolder } from '../scripts/results.ts'

const root = join(import.meta.dirname, '..')
const ledgerFile = join(root, 'docs', 'faults-ledger.json')

/** Runs of one kind on one commit. Counts are sums. */
export interface LedgerEntry {
  /** `crash-points-commit`, `kill-9`, `power-cut-ext4`, … */
  readonly kind: string
  /** Short hash; `currentCommit()`. */
  readonly commit: string
  /** Faults that were made: points, kills, cuts, flipped bits. */
  readonly count: number
  /** Records acknowledged before them. */
  readonly acked: number
  /** Acknowledged records that were missing, against the promise of the setting. */
  readonly lost: number
  /** Values that were there twice. */
  readonly doubled: number
  /** Runs that failed for another reason. */
  readonly failures: number
  readonly seconds: number
}

/** The committed ledger. */
export const ledger = {
  entries(): LedgerEntry[] {
    if (!existsSync(ledgerFile)) return []
    return JSON.parse(readFileSync(ledgerFile, 'utf8')) as LedgerEntry[]
  },

  /** Adds a run to what the same kind has on the same commit. */
  add(entry: LedgerEntry): void {
    exclusively(`${ledgerFile}.lock`, () => {
      const entries = ledger.entries()
      const index = entries.findIndex(
        ({ kind, commit }) => kind === entry.kind && commit === entry.commit,
      )
      const before = entries[index]
      if (before === undefined) entries.push(entry)
      else entries[index] = sumOf(before, entry)
      // One line each: two branches that add to it merge by hand in a moment.
      const lines = entries.map(one => `  ${JSON.stringify(one)}`)
      replaceFile(ledgerFile, `[\n${lines.join(',\n')}\n]\n`)
    })
  },
}

/** Where a long form stands. Numbers from 0 on are done up to `next`. */
export interface ProgressState {
  readonly commit: string
  readonly next: number
  readonly acked: number
  readonly lost: number
  readonly doubled: number
  readonly failures: readonly string[]
  readonly seconds: number
}

/** The state of a long form on the current commit: a stopped run goes on from it. */
export class Progress {
  readonly #file: string
  #state: ProgressState

  /** `kind` as in the ledger. State of another commit is begun again. */
  constructor(kind: string, commit = currentCommit()) {
    this.#file = join(resultsFolder('faults'), `ledger-${kind}.json`)
    const found = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as ProgressState)
      : undefined
    this.#state =
      found?.commit === commit
        ? found
        : { commit, next: 0, acked: 0, lost: 0, doubled: 0, failures: [], seconds: 0 }
  }

  get state(): ProgressState {
    return this.#state
  }

  save(changes: Partial<ProgressState>): void {
    this.#state = { ...this.#state, ...changes }
    replaceFile(this.#file, `${JSON.stringify(this.#state)}\n`)
  }

  /** The run is complete and in the ledger: the next one begins anew. */
  clear(): void {
    rmSync(this.#file, { force: true })
  }
}

function sumOf(a: LedgerEntry, b: LedgerEntry): LedgerEntry {
  return {
    kind: a.kind,
    commit: a.commit,
    count: a.count + b.count,
    acked: a.acked + b.acked,
    lost: a.lost + b.lost,
    doubled: a.doubled + b.doubled,
    failures: a.failures + b.failures,
    seconds: Math.round((a.seconds + b.seconds) * 10) / 10,
  }
}

/** Runs `task` while no other process holds the lock file; one older than ten seconds was left by a dead process. */
function exclusively(lockFile: string, task: () => void): void {
  mkdirSync(dirname(lockFile), { recursive: true })
  for (let attempt = 0; ; attempt++)
    try {
      closeSync(openSync(lockFile, 'wx'))
      break
    } catch (error) {
      if (attempt > 200) throw error
      if (existsSync(lockFile) && Date.now() - statSync(lockFile).mtimeMs > 10_000)
        rmSync(lockFile, { force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  try {
    task()
  } finally {
    rmSync(lockFile, { force: true })
  }
}
