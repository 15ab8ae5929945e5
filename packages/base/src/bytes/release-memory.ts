/** Gives the memory of a Buffer back now, not when the garbage collector comes by. */

/**
 * Frees a Buffer that owns the whole of its memory; one that is a part of it is left alone. Nobody may use it any more,
 * the operating system included: it has no bytes afterwards.
 */
export function releaseMemory(buffer: Buffer): void {
  const memory = buffer.buffer
  if (memory instanceof ArrayBuffer && memory.byteLength === buffer.length) memory.transfer(0)
}
