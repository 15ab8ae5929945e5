/**
 * What a decoder throws when its input would decompress to more than it is allowed to.
 */

/** A bound on what is decompressed was passed ("4096 bytes"), or the input says that it would be. */
export class DecompressedTooLargeError extends Error {
  override readonly name = 'DecompressedTooLargeError'

  constructor(codec: string, bound: string) {
    super(`Cannot decompress ${codec} data: it holds more than ${bound}`)
  }
}
