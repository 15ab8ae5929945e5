/**
 * What every part of `compat/` leaves behind: one JSON file under `.results/compat/`, which `report.ts` turns into the
 * tables of the docs. Written only by whole runs, so that a table never mixes two of them.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
/** Where the results stand, a file per part. */
export const resultsFolder = path.join(root, '.results/compat')

/** The outcome of one part; `rows` are the lines of its table. */
export type Result = {
  readonly command: 'compat'
  readonly part: string
  /** The broker that was asked, or compared with. */
  readonly peer: string
  readonly when: string
  readonly commit: string
  readonly checks: number
  readonly passed: number
  /** Each check that did not hold, as one line. */
  readonly failed: readonly string[]
  readonly figures: Readonly<Record<string, number | string>>
  readonly rows: readonly unknown[]
}

/** Writes the result of a part, with the time and the commit of now. */
export function writeResult(result: Omit<Result, 'command' | 'when' | 'commit'>): void {
  mkdirSync(resultsFolder, { recursive: true })
  const whole: Result = {
    command: 'compat',
    ...result,
    when: new Date().toISOString(),
    commit: commitOfTree(),
  }
  writeFileSync(
    path.join(resultsFolder, `${result.part}.json`),
    `${JSON.stringify(whole, undefined, 2)}\n`,
  )
}

/** The short hash of the tree, or `unknown` outside a clone. */
function commitOfTree(): string {
  try {
    return String(
      execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ).trim()
  } catch {
    return 'unknown'
  }
}
