/**
 * Are planted bugs found? Each runs in a process of its own through the short form of the crash points; one that is not
 * found fails. Prints bug, test, point and how soon.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { plantedBugs } from './planted-bugs.ts'

/** Longest search for one bug. */
const SEARCH_MS = 300_000
/** Where the rarer ones are looked for first: what they break shows after one kind of stop alone. */
const focusOf: Readonly<Record<string, string>> = {
  'fsync-retried': 'commit failed-sync',
  'answered-before-written': 'os kill',
  'deleted-topic-returns': 'commit failed-sync',
}

export interface PlantedResult {
  readonly bug: string
  readonly tells: string
  /** Name of the test that found it; '' for none. */
  readonly test: string
  readonly invariant: string
  readonly points: number
  readonly seconds: number
  readonly message: string
}

/** Looks for each bug. */
export function findPlanted(seed: number): PlantedResult[] {
  return plantedBugs.map(({ name, tells }) => ({ bug: name, tells, ...find(name, seed) }))
}

function find(name: string, seed: number) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      join(import.meta.dirname, 'plant.ts'),
      join(import.meta.dirname, 'first-violation.ts'),
      String(seed),
    ],
    {
      encoding: 'utf8',
      timeout: SEARCH_MS,
      killSignal: 'SIGKILL',
      env: { ...process.env, MOLDAU_PLANTED: name, MOLDAU_PLANTED_FOCUS: focusOf[name] ?? '' },
    },
  )
  const nothing = { test: '', invariant: '', points: 0, seconds: 0, message: '' }
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) return { ...nothing, message: stderr.trim().slice(-300) }
  return { ...nothing, ...(JSON.parse(line) as Partial<typeof nothing>) }
}
