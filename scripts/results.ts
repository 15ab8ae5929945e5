/**
 * What compat, bench, faults and fuzz leave behind of a run: a file of JSON for each of its parts under `.results/`,
 * with the time and the commit. Their reports turn the files into the tables of the docs.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const sources = 'packages/*/src/*'

/** The folder of that name below `.results`. */
export function resultsFolder(name: string): string {
  return path.join(root, '.results', name)
}

/** Writes the result of a part into the folder of that name, with the time and the commit of now. */
export function writeResult<Result extends { readonly part: string }>(
  folder: string,
  result: Result,
): void {
  const whole = { ...result, when: new Date().toISOString(), commit: currentCommit() }
  const file = path.join(resultsFolder(folder), `${result.part}.json`)
  replaceFile(file, `${JSON.stringify(whole, undefined, 2)}\n`)
}

/**
 * Short hash of the last commit that changed the sources, with `+` when they differ from it; `unknown` outside a clone.
 * A commit of docs or of tests does not change what was tested, and does not make a long form begin again.
 */
export function currentCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', sources)
    return git('log', '-1', '--format=%h', '--', sources) + (changed === '' ? '' : '+')
  } catch {
    return 'unknown'
  }
}

/** Writes a file as a whole or not at all. */
export function replaceFile(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.tmp`, text)
  renameSync(`${file}.tmp`, file)
}
