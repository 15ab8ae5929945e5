/**
 * Faults inside the broker's process: a library (`shim.c`) that it is started with, and a block of numbers that both
 * sides map. Setting a number takes effect at once; counters tell how often a fault has fired.
 */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compiled } from './needs.ts'

/** In the order of `struct control`. */
const fields = [
  'clockOffsetSeconds',
  'clockReads',
  'shortEvery',
  'shortFired',
  'killAt',
  'killWhen',
  'failSyncAt',
  'failSyncFired',
  'writes',
  'syncs',
] as const
type Field = (typeof fields)[number]

/** The library for one process at a time. */
export class Shim {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'moldau-shim-'))
  readonly #block: number
  /** What the broker must be started with. Only files of this folder name's children are counted and harmed. */
  readonly environment: Record<string, string>

  constructor(faultPath: string) {
    const control = path.join(this.#folder, 'control')
    writeFileSync(control, Buffer.alloc(4096))
    this.#block = openSync(control, 'r+')
    this.environment = {
      LD_PRELOAD: compiled('shim'),
      FAULT_CONTROL: control,
      FAULT_PATH: faultPath,
    }
  }

  get(field: Field): number {
    const bytes = Buffer.alloc(8)
    readSync(this.#block, bytes, 0, 8, fields.indexOf(field) * 8)
    return Number(bytes.readBigInt64LE())
  }

  set(values: Partial<Record<Field, number>>): void {
    for (const [field, value] of Object.entries(values)) {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(BigInt(value))
      writeSync(this.#block, bytes, 0, 8, fields.indexOf(field as Field) * 8)
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#block)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
