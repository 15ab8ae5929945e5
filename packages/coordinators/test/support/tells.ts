/** Compares what a script has written down with what a test expects. */
import assert from 'node:assert/strict'
import type { GroupScript } from './group-script.ts'

/** The expected text may be indented as its file is. */
export function tells(script: GroupScript, expected: string): void {
  const lines = expected.split('\n').filter(line => line.trim() !== '')
  const indent = Math.min(...lines.map(line => line.search(/\S/)))
  assert.equal(script.transcript(), lines.map(line => line.slice(indent)).join('\n'))
}
