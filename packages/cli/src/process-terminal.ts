/** The terminal that is this process. A reader of its output that goes away (`| head`) is no failure of the process. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { OutputGone, type Terminal } from './terminal.ts'

/** `npm start` passes a Ctrl-C on that the terminal has sent to this process as well: nobody presses twice so quickly. */
const ECHO_SECONDS = 0.25

export const processTerminal: Terminal = {
  out(line) {
    output()
    process.stdout.write(`${line}\n`)
  },
  err(line) {
    process.stderr.write(`${line}\n`)
  },
  async write(bytes) {
    if (output().isGone) throw new OutputGone()
    if (process.stdout.write(bytes)) return
    // Both reject when the reader goes away, which the next call tells.
    const changes = ['drain', 'close'].map(event => once(process.stdout, event).catch(() => {}))
    await Promise.race(changes)
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
    let last = ''
    let lastAt = -Infinity
    const interrupted = (signal: string): void => {
      const at = process.uptime()
      const isEcho = signal === last && at - lastAt < ECHO_SECONDS
      last = signal
      lastAt = at
      if (!isEcho) callback(++count)
    }
    process.on('SIGINT', interrupted)
    process.on('SIGTERM', interrupted)
  },
  readFile: path => readFileSync(path, 'utf8'),
}

const state = { isWatched: false, isGone: false }

/** Whether somebody still reads standard output, as far as is known. */
function output(): { readonly isGone: boolean } {
  if (!state.isWatched) {
    state.isWatched = true
    process.stdout.on('error', error => {
      if (!('code' in error) || error.code !== 'EPIPE') throw error
      state.isGone = true
    })
  }
  return state
}
