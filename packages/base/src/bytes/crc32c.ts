/**
 * CRC-32C (Castagnoli), the checksum of record batches. Long inputs go to a native module, which is loaded at the
 * first long input; short ones, and all of them where the module does not load, use a table.
 */
import { createRequire } from 'node:module'

/** Below this length calling native code costs more than the table. */
const nativeFromBytes = 256

type NativeCrc = (input: Uint8Array) => number

/** Checksum of `buffer` from `start` up to, but not including, `end`: an unsigned 32-bit integer. */
export function crc32c(buffer: Buffer, start: number, end: number): number {
  if (end - start < nativeFromBytes) return tableCrc32c(buffer, start, end)
  if (native === undefined) native = loadNative()
  if (native === null) return tableCrc32c(buffer, start, end)
  return native(buffer.subarray(start, end)) >>> 0
}

/** The same without native code. */
export function tableCrc32c(buffer: Buffer, start: number, end: number): number {
  if (table === undefined) table = makeTable()
  const rows = table
  let crc = -1
  for (let i = start; i < end; i++)
    crc = (crc >>> 8) ^ (rows[(crc ^ (buffer[i] as number)) & 0xff] as number)
  return ~crc >>> 0
}

let table: Int32Array | undefined
let native: NativeCrc | null | undefined

function makeTable(): Int32Array {
  const rows = new Int32Array(256)
  for (let n = 0; n < 256; n++) {
    let c = n
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
    rows[n] = c
  }
  return rows
}

/** null where the platform has no build of the module: the table is the answer then. */
function loadNative(): NativeCrc | null {
  try {
    const module = createRequire(import.meta.url)('@node-rs/crc32') as { crc32c: NativeCrc }
    return module.crc32c
  } catch {
    return null
  }
}
