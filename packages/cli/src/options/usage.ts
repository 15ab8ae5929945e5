/** The usage table that Kafka's older tools print: two columns, options in alphabetical order. */
import type { OptionRows } from './jopt.ts'

/** Renders the table, `width` characters wide. */
export function usage(rows: OptionRows, width = 80): string {
  const entries = Object.entries(rows)
    .map(([name, row]) => ({
      left: `--${name}${row.value === undefined ? '' : row.value === 'required' ? ` <${row.argument ?? 'String'}>` : ` [${row.argument ?? 'String'}]`}`,
      right: `${row.required === true ? 'REQUIRED: ' : ''}${row.doc}${row.default === undefined ? '' : ` (default: ${row.default})`}`,
    }))
    .sort((a, b) => (a.left < b.left ? -1 : 1))
  const leftWidth = Math.min(
    Math.floor(width / 2),
    Math.max('Option'.length, ...entries.map(entry => entry.left.length)),
  )
  const rightWidth = width - leftWidth - 2
  const lines = [
    `${'Option'.padEnd(leftWidth)}  Description`,
    `${'------'.padEnd(leftWidth)}  -----------`,
  ]
  for (const { left, right } of entries) {
    const leftLines = wrap(left, leftWidth)
    const rightLines = wrap(right, rightWidth)
    for (let i = 0; i < Math.max(leftLines.length, rightLines.length); i++)
      lines.push(`${(leftLines[i] ?? '').padEnd(leftWidth)}  ${rightLines[i] ?? ''}`.trimEnd())
  }
  return lines.join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `  ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines
}
