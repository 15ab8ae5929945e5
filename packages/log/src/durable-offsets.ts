/**
 * What we know of our logs beyond Kafka's checkpoints: for each partition the durable offset, the recovery point and
 * the end of its files. Two files written in turn, each with a generation and a CRC-32C: a torn one falls back to the
 * other. Recovery tells by them a torn tail from damage. Kafka does not know the files; whether another program has
 * used the directory since is seen by the checksum of Kafka's own recovery-point file, which every generation notes.
 */
import { crc32c } from '@moldau/base'
import type { FileDone, Files } from '@moldau/io'
import { readText } from './checkpoints.ts'
import type { KnownLog } from './log-contents.ts'

const FILE_NAME = 'moldau-durable-offsets'
const VERSION = 1
const COLUMNS = 10

/** One generation. */
export interface DurableState {
  readonly generation: number
  /** Written by a clean stop. */
  readonly isClean: boolean
  /** Checksum of Kafka's recovery-point file as of this generation. */
  readonly recoveryPointCrc: number
  /** By `lineKey`. */
  readonly logs: ReadonlyMap<string, DurableLog>
}

/** One partition in it. */
export interface DurableLog {
  readonly topicId: string
  readonly known: KnownLog
}

export function lineKey(topic: string, partition: number): string {
  return `${topic} ${partition}`
}

/** One line of the file, in one piece: as a chain of its parts it would take ten times the memory while it is kept. */
export function encodeLine(
  topic: string,
  partition: number,
  topicId: string,
  known: KnownLog,
): string {
  const { tail } = known
  return [
    topic,
    partition,
    topicId,
    known.logStartOffset,
    known.recoveryPoint,
    known.durableOffset,
    known.highWatermark,
    tail?.logEndOffset ?? -1,
    tail?.segmentBase ?? -1,
    `${tail?.segmentBytes ?? -1}\n`,
  ].join(' ')
}

/** Checksum of a text. */
export function textCrc(text: string): number {
  const bytes = Buffer.from(text)
  return crc32c(bytes, 0, bytes.length)
}

/** The two files of one directory. */
export class DurableOffsets {
  readonly #files: Files
  readonly #folder: string
  /** The generation that was written or read last, and the checksums of the two newest. */
  #generation = 0
  #recoveryPointCrcs: number[] = []
  #isWriting = false

  constructor(files: Files, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  get isWriting(): boolean {
    return this.#isWriting
  }

  /** The newest sound generation. */
  read(): DurableState | undefined {
    const found = [0, 1]
      .map(slot => this.#readSlot(slot))
      .filter(state => state !== undefined)
      .sort((a, b) => b.generation - a.generation)
    this.#generation = found[0]?.generation ?? 0
    this.#recoveryPointCrcs = found.map(state => state.recoveryPointCrc)
    return found[0]
  }

  /** Whether this text of Kafka's recovery-point file was written by us: by one of the two newest generations. */
  isOurs(recoveryPointText: string): boolean {
    return this.#recoveryPointCrcs.includes(textCrc(recoveryPointText))
  }

  /** Writes the next generation and returns when it is durable. */
  writeNow(lines: string, options: { isClean: boolean; recoveryPointCrc: number }): void {
    const bytes = this.#encode(lines, options)
    const file = this.#files.open(this.#path(this.#generation % 2), 'create')
    try {
      file.truncate(0)
      file.write(bytes, 0)
      file.datasync()
    } finally {
      file.close()
    }
    if (this.#generation <= 2) this.#files.syncDirectory(this.#folder)
  }

  /** The same in the background. */
  write(
    lines: string,
    options: { isClean: boolean; recoveryPointCrc: number },
    done: FileDone,
  ): void {
    const bytes = this.#encode(lines, options)
    const isNew = this.#generation <= 2
    const file = this.#files.open(this.#path(this.#generation % 2), 'create')
    this.#isWriting = true
    file.truncate(0)
    file.write(bytes, 0)
    file.datasyncAsync(error => {
      this.#isWriting = false
      try {
        file.close()
        if (error === null && isNew) this.#files.syncDirectory(this.#folder)
        done(error)
      } catch (failure) {
        done(failure as Error)
      }
    })
  }

  #encode(lines: string, options: { isClean: boolean; recoveryPointCrc: number }): Buffer {
    this.#generation++
    this.#recoveryPointCrcs = [options.recoveryPointCrc, ...this.#recoveryPointCrcs.slice(0, 1)]
    const head = `${FILE_NAME} ${VERSION} ${this.#generation} ${options.isClean ? 'clean' : 'running'} ${options.recoveryPointCrc}\n`
    const text = head + lines
    return Buffer.from(`${text}crc32c ${textCrc(text)}\n`)
  }

  #readSlot(slot: number): DurableState | undefined {
    const text = readText(this.#files, this.#path(slot))
    if (text === undefined || !text.endsWith('\n')) return undefined
    const crcAt = text.lastIndexOf('\n', text.length - 2) + 1
    const body = text.slice(0, crcAt)
    if (text.slice(crcAt) !== `crc32c ${textCrc(body)}\n`) return undefined
    const lines = body.split('\n')
    const [name, version, generation, state, recoveryPointCrc] = lines[0]!.split(' ')
    if (name !== FILE_NAME || Number(version) !== VERSION) return undefined
    const logs = new Map<string, DurableLog>()
    for (const line of lines.slice(1)) {
      const fields = line.split(' ')
      if (fields.length === COLUMNS)
        logs.set(lineKey(fields[0]!, Number(fields[1])), decodeLine(fields))
    }
    return {
      generation: Number(generation),
      isClean: state === 'clean',
      recoveryPointCrc: Number(recoveryPointCrc),
      logs,
    }
  }

  #path(slot: number): string {
    return `${this.#folder}/${FILE_NAME}.${slot}`
  }
}

function decodeLine(fields: readonly string[]): DurableLog {
  const numbers = fields.slice(3).map(Number)
  const logEndOffset = numbers[4]!
  return {
    topicId: fields[2]!,
    known: {
      logStartOffset: numbers[0]!,
      recoveryPoint: numbers[1]!,
      durableOffset: numbers[2]!,
      highWatermark: numbers[3]!,
      isClean: false,
      tail:
        logEndOffset < 0
          ? undefined
          : { logEndOffset, segmentBase: numbers[5]!, segmentBytes: numbers[6]! },
    },
  }
}
