/** Kafka's own message classes: a Java process that reads and writes messages for us (CodecRunner.java). */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** A message class of Java. */
export interface JavaClass {
  /** Its name here: without package, and without the `Data` of requests, responses and headers. */
  readonly name: string
  readonly index: number
  readonly versions: readonly [number, number]
}

/** What is asked: read these bytes, with or without JSON in the answer, or make bytes of this JSON. */
export interface Question {
  readonly kind: 'bytes' | 'json' | 'bytes without json'
  readonly index: number
  readonly version: number
  readonly content: Buffer
}

/** What Java answered. `unwritable`: it was read, but cannot be written again. */
export type Answer =
  | {
      readonly status: 'ok'
      readonly bytesLeft: number
      readonly bytes: Buffer
      readonly json: string
    }
  | { readonly status: 'refused' | 'unwritable'; readonly reason: string }

const kinds = ['bytes', 'json', 'bytes without json'] as const

/** A running CodecRunner. */
export class JavaClasses {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #input: AsyncIterator<Buffer>
  #have: Buffer = Buffer.alloc(0)
  classes: readonly JavaClass[] = []

  private constructor() {
    this.#child = spawn(
      path.join(import.meta.dirname, '../oracle/kafka.sh'),
      ['run', path.join(import.meta.dirname, 'CodecRunner.java')],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { KAFKA_HEAP_OPTS: '-Xms128m -Xmx384m', ...process.env },
      },
    )
    this.#input = this.#child.stdout.iterator() as AsyncIterator<Buffer>
  }

  /** Starts the process and reads the list of its classes. */
  static async start(): Promise<JavaClasses> {
    const java = new JavaClasses()
    while (!java.#have.includes('\n\n')) await java.#more()
    const end = java.#have.indexOf('\n\n')
    const lines = java.#have.toString('utf8', 0, end).split('\n')
    java.#have = java.#have.subarray(end + 2)
    java.classes = lines.map((line, index) => {
      const [name = '', low, high] = line.split(' ')
      const plain = name
        .slice(name.lastIndexOf('.') + 1)
        .replace(/(Request|Response|Header)Data$/, '$1')
      return { name: plain, index, versions: [Number(low), Number(high)] }
    })
    return java
  }

  /** Answers in the order of the questions. */
  async ask(questions: readonly Question[]): Promise<Answer[]> {
    const frames: Buffer[] = []
    for (const { kind, index, version, content } of questions) {
      const head = Buffer.alloc(9)
      head.writeInt32BE(5 + content.length, 0)
      head.writeInt8(kinds.indexOf(kind), 4)
      head.writeInt16BE(index, 5)
      head.writeInt16BE(version, 7)
      frames.push(head, content)
    }
    this.#child.stdin.write(Buffer.concat(frames))
    const answers: Answer[] = []
    while (answers.length < questions.length) answers.push(parse(await this.#frame()))
    return answers
  }

  /** Lets it end. */
  async stop(): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
  }

  async #frame(): Promise<Buffer> {
    while (this.#have.length < 4 || this.#have.length < 4 + this.#have.readInt32BE(0))
      await this.#more()
    const end = 4 + this.#have.readInt32BE(0)
    const frame = this.#have.subarray(4, end)
    this.#have = this.#have.subarray(end)
    return frame
  }

  async #more(): Promise<void> {
    const next = await this.#input.next()
    if (next.done === true) throw new Error('The Java process has ended')
    this.#have = Buffer.concat([this.#have, next.value])
  }
}

function parse(frame: Buffer): Answer {
  const status = frame.readInt8(0)
  if (status !== 0)
    return { status: status === 1 ? 'refused' : 'unwritable', reason: frame.toString('utf8', 1) }
  const end = 9 + frame.readInt32BE(5)
  return {
    status: 'ok',
    bytesLeft: frame.readInt32BE(1),
    bytes: frame.subarray(9, end),
    json: frame.toString('utf8', end),
  }
}
