/** Java's `.properties` format: `key=value`, `key: value`, comments, lines that go on, and escapes. */

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** The pairs of a file, the last of a key counting. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const end = keyEnd(line)
    const value = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
    properties.set(unescape(line.slice(0, end)), unescape(value))
  }
  return properties
}

/** Lines without comments, with those joined that end in an odd number of backslashes. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let joined: string | undefined
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (joined === undefined && (line === '' || line.startsWith('#') || line.startsWith('!')))
      continue
    const whole = (joined ?? '') + line
    if (/(^|[^\\])(\\\\)*\\$/.test(line)) joined = whole.slice(0, -1)
    else {
      lines.push(whole)
      joined = undefined
    }
  }
  if (joined !== undefined && joined !== '') lines.push(joined)
  return lines
}

/** Where the key ends: at the first separator that is not escaped. */
function keyEnd(line: string): number {
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i++
    else if (/[=: \t\f]/.test(line[i] ?? '')) return i
  }
  return line.length
}

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|[^])/g, (_, escaped: string) =>
    escaped.length === 5 && escaped.startsWith('u')
      ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
      : (escapes[escaped] ?? escaped),
  )
}
