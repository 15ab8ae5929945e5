/** What a run leaves behind, one file of JSON for each question, read by `report.ts`. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Line } from './table.ts'
import type { Figures } from './tools.ts'

const project = path.join(import.meta.dirname, '../..')

export interface Results {
  readonly command: 'bench'
  readonly part: string
  readonly peer: string
  readonly when: string
  readonly commit: string
  readonly machine: string
  readonly rounds: number
  readonly checks: number
  readonly passed: number
  readonly failed: readonly string[]
  readonly figures: Figures
  readonly rows: readonly Line[]
}

/** A smoke keeps apart from what was recorded. */
export function resultsFolder(isQuick: boolean): string {
  return path.join(project, '.results', isQuick ? 'bench-quick' : 'bench')
}

export function writeResults(
  folder: string,
  part: string,
  rounds: number,
  lines: readonly Line[],
  figures: Figures,
): void {
  const verdicts = lines.flatMap(line => [
    { title: line.title, verdict: line.os },
    { title: `${line.title}, flush=commit`, verdict: line.commit },
  ])
  const asked = verdicts.filter(({ verdict }) => verdict?.isMet !== undefined)
  const failed = asked.filter(({ verdict }) => verdict?.isMet === false).map(({ title }) => title)
  const results: Results = {
    command: 'bench',
    part,
    peer: 'Apache Kafka 4.3.1',
    when: new Date().toISOString(),
    commit: commit(),
    machine: `${os.cpus().length} CPUs, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Linux ${os.release().split('-')[0]}, Node ${process.versions.node}`,
    rounds,
    checks: asked.length,
    passed: asked.length - failed.length,
    failed,
    figures,
    rows: lines,
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, `${part}.json`), `${JSON.stringify(results, undefined, 1)}\n`)
}

export function readResults(folder: string): Results[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Results)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: project,
      encoding: 'utf8',
    }).trim()
  } catch {
    return 'unknown'
  }
}
