/** What a run leaves behind, one file of JSON for each question, read by `report.ts`. */
import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { resultsFolder, writeResult } from '../../scripts/results.ts'
import type { Line } from './table.ts'
import type { Figures } from './tools.ts'

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

/** The folder of `.results`: a smoke keeps apart from what was recorded. */
export const recordedFolder = 'bench'
export const quickFolder = 'bench-quick'

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
  const results: Omit<Results, 'when' | 'commit'> = {
    command: 'bench',
    part,
    peer: 'Apache Kafka 4.3.1',
    machine: `${os.cpus().length} CPUs, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Linux ${os.release().split('-')[0]}, Node ${process.versions.node}`,
    rounds,
    checks: asked.length,
    passed: asked.length - failed.length,
    failed,
    figures,
    rows: lines,
  }
  writeResult(folder, results)
}

export function readResults(): Results[] {
  const folder = resultsFolder(recordedFolder)
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Results)
}
