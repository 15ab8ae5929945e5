/**
 * The outside of a command: where it writes and reads. The real one is the process; tests give one that collects.
 */

/** What a command may touch. */
export interface Terminal {
  /** A line on standard output. */
  out(line: string): void
  /** A line on standard error. */
  err(line: string): void
  /** Bytes on standard output, unchanged. Resolves when there is room for more. @throws OutputGone */
  write(bytes: Buffer): Promise<void>
  /** Bytes on standard error, without a line end: prompts and progress. */
  prompt(text: string): void
  /** Lines of standard input, without their ends. */
  lines(): AsyncIterable<string>
  /** Is a person at the other end of standard input? */
  readonly isInteractive: boolean
  /** Calls back on Ctrl-C and SIGTERM; `count` tells how often by now. */
  onInterrupt(callback: (count: number) => void): void
  /** Reads a text file. @throws with `code` of the system */
  readFile(path: string): string
}

/** Nobody reads standard output any more. The message is Kafka's. */
export class OutputGone extends Error {
  constructor() {
    super('Unable to write to standard out, closing consumer.')
  }
}
