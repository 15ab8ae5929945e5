/** Tables in `golden/`: tab-separated, a line of names first. */
import { readFileSync } from 'node:fs'

/** The rows of a table, without the line of names. */
export function goldenRows(name: string): string[][] {
  const text = readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))
}
