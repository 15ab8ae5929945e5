/**
 * What a decoder throws when its input would decompress to more than it is allowed to.
 */

/** The bound on decompressed bytes was passed, or the input says that it would be. */
export class DecompressedTooLargeError extends Error {
  override readonly name = 'DecompressedTooLargeError'

  constructor(codec: string, maxBytes: number) {
    super(`Cannot decompress ${codec} data: it holds more than ${maxBytes} bytes`)
  }
}
