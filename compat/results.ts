/**
 * What every part of `compat/` leaves behind: one JSON file under `.results/compat/`, which `report.ts` turns into the
 * tables of the docs. Written only by whole runs, so that a table never mixes two of them.
 */
import { writeResult as write } from '../scripts/results.ts'

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
  write('compat', { command: 'compat', ...result })
}
