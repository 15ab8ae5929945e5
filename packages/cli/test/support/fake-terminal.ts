/** A terminal that collects what is written and gives lines that were prepared. */
import type { Terminal } from '../../src/terminal.ts'

export class FakeTerminal implements Terminal {
  readonly isInteractive: boolean
  stdout = ''
  stderr = ''
  readonly #lines: readonly string[]
  readonly #files: Readonly<Record<string, string>>
  #interrupt: (count: number) => void = () => {}
  #interruptCount = 0

  constructor(
    options: {
      lines?: readonly string[]
      files?: Readonly<Record<string, string>>
      isInteractive?: boolean
    } = {},
  ) {
    this.#lines = options.lines ?? []
    this.#files = options.files ?? {}
    this.isInteractive = options.isInteractive ?? false
  }

  out(line: string): void {
    this.stdout += `${line}\n`
  }

  err(line: string): void {
    this.stderr += `${line}\n`
  }

  write(bytes: Buffer): Promise<void> {
    this.stdout += bytes.toString()
    return Promise.resolve()
  }

  prompt(text: string): void {
    this.stdout += text
  }

  async *lines(): AsyncGenerator<string> {
    for (const line of this.#lines) yield line
  }

  onInterrupt(callback: (count: number) => void): void {
    this.#interrupt = callback
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#interrupt(++this.#interruptCount)
  }

  readFile(path: string): string {
    const text = this.#files[path]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  }
}
