/**
 * Holds `docs/guarantees.md` to what is there: every numbered sentence names at least one file that tests it, every
 * file that is named exists, no number stands twice, and none that a node must hold is missing.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const required = [
  'L1',
  'L2',
  'L3',
  'L4',
  'L5',
  'L6',
  'L7',
  'D1',
  'D2',
  'T1',
  'G2',
  'V1',
  'V2',
  'V3',
  'V5',
]

/** One numbered sentence. */
export interface Guarantee {
  readonly id: string
  readonly statement: string
  readonly tests: readonly string[]
}

/** The sentences of the page, and what is wrong with them. */
export function readGuarantees(): { guarantees: Guarantee[]; problems: string[] } {
  const page = readFileSync(path.join(root, 'docs/guarantees.md'), 'utf8')
  const guarantees = page.split('\n').flatMap(line => {
    const [, id, statement, tests] = /^\| ([A-Z]\d+) \| (.+) \| ([^|]*) \|$/.exec(line) ?? []
    if (id === undefined || statement === undefined || tests === undefined) return []
    return [{ id, statement, tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file!) }]
  })
  const ids = guarantees.map(({ id }) => id)
  const problems = [
    ...required.filter(id => !ids.includes(id)).map(id => `${id} is not in docs/guarantees.md`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `${id} stands twice`),
    ...guarantees.flatMap(({ id, tests }) => [
      ...(tests.length === 0 ? [`${id} names no test`] : []),
      ...tests
        .filter(file => !existsSync(path.join(root, file)))
        .map(file => `${id} names ${file}, which does not exist`),
    ]),
  ]
  return { guarantees, problems }
}
