/**
 * 64-bit integers of index files and headers as numbers, in place. Values are offsets and timestamps, far below 2^53.
 */

/** The signed 64-bit integer at `at`. Exact up to 2^53. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 0x100000000 + buffer.readUInt32BE(at + 4)
}

/** Writes an integer of at most 2^53 either way. */
export function writeInt64(buffer: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 0x100000000)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * 0x100000000, at + 4)
}
