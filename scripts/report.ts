/** What the reports of compat, bench and faults have in common: tables in Markdown, and their places in the docs. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')

/** A table; with `hasFigures` all columns but the first are aligned to the right. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  hasFigures = false,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = header.map((_, i) => (hasFigures && i > 0 ? '---:' : '---'))
  return [header, rule, ...rows].map(line).join('\n')
}

/** Replaces what stands in a file of the project between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function replaceBetweenMarks(file: string, name: string, content: string): void {
  const whole = path.join(root, file)
  const text = readFileSync(whole, 'utf8')
  const begin = `<!-- ${name}:begin -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(`<!-- ${name}:end -->`)
  if (from < 0 || to < from) throw new Error(`${file} has no place for the table: ${begin}`)
  writeFileSync(whole, `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`)
}
