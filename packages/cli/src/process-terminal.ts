/** The terminal that is this process. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Terminal } from './terminal.ts'

export const processTerminal: Terminal = {
  out(line) {
    process.stdout.write(`${line}\n`)
  },
  err(line) {
    process.stderr.write(`${line}\n`)
  },
  async write(bytes) {
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain')
  },
  prompt(text) {
    process.stdout.write(text)
  },
  lines: () => createInterface({ input: process.stdin, crlfDelay: Infinity }),
  get isInteractive() {
    return process.stdin.isTTY
  },
  onInterrupt(callback) {
    let count = 0
    const interrupted = (): void => callback(++count)
    process.on('SIGINT', interrupted)
    process.on('SIGTERM', interrupted)
  },
  readFile: path => readFileSync(path, 'utf8'),
}
