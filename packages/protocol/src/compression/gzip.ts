/**
 * gzip by Node's zlib: all members of the input, up to a bound.
 */
import { DecodeError } from '@moldau/base'
import { gunzipSync, gzipSync } from 'node:zlib'
import { DecompressedTooLargeError } from './too-large.ts'

export function gzip(data: Buffer, level = -1): Buffer {
  return gzipSync(data, { level })
}

/** @throws DecompressedTooLargeError, DecodeError */
export function gunzip(data: Buffer, maxBytes: number): Buffer {
  try {
    // Zero would mean "no data at all" to zlib.
    return gunzipSync(data, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (error) {
    throw decoderError('gzip', error, maxBytes)
  }
}

/** zlib's error in our terms. */
export function decoderError(codec: string, error: unknown, maxBytes: number): Error {
  if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
    return new DecompressedTooLargeError(codec, `${maxBytes} bytes`)
  const reason = error instanceof Error ? error.message : String(error)
  return new DecodeError(`Cannot decompress ${codec} data: ${reason}`)
}
