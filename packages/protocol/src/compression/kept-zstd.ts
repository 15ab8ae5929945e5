/**
 * A zstd decoder that is kept between calls: for a batch of 16 KB the making of one costs as much as its work. Called
 * by the validator through `decompressBriefly`. It drives the handle inside a stream of Node's zlib, which is not public:
 * where the handle is another one, or at anything but a whole small frame, the answer is undefined and the caller goes
 * the public way, which also names errors.
 */
import { constants, createZstdDecompress } from 'node:zlib'

/** Larger results go the public way. */
const OUTPUT_BYTES_MAX = 256 * 1024

/** What is used of Node's internal stream. */
interface Internals {
  readonly _handle?: {
    onerror: unknown
    writeSync(
      flush: number,
      input: Buffer,
      inputAt: number,
      inputLength: number,
      output: Buffer,
      outputAt: number,
      outputLength: number,
    ): void
    reset(): void
  }
  /** Bytes of output left, bytes of input left. */
  readonly _writeState?: Uint32Array
}

type Decoder = Required<Internals>

let decoder: Decoder | undefined
let isUsable = true
let output: Buffer | undefined
let hasFailed = false

/** What `data` holds, valid until the next call; undefined when the public way has to be gone. */
export function zstdDecompressKept(data: Buffer, maxBytes: number): Buffer | undefined {
  if (!isUsable || data.length === 0) return undefined
  decoder ??= openDecoder()
  if (decoder === undefined) {
    isUsable = false
    return undefined
  }
  output ??= Buffer.allocUnsafeSlow(OUTPUT_BYTES_MAX)
  const { _handle: handle, _writeState: left } = decoder
  hasFailed = false
  handle.writeSync(constants.ZSTD_e_end, data, 0, data.length, output, 0, output.length)
  const outputLeft = left[0] ?? 0
  const inputLeft = left[1] ?? 0
  const length = output.length - outputLeft
  if (hasFailed || inputLeft > 0 || outputLeft === 0) {
    // A failed handle stays so: the next call makes another.
    decoder = undefined
    return undefined
  }
  handle.reset()
  return length > maxBytes ? undefined : output.subarray(0, length)
}

function openDecoder(): Decoder | undefined {
  // The published types do not know what is inside.
  const { _handle: handle, _writeState: left } = createZstdDecompress() as unknown as Internals
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function')
    return undefined
  if (!(left instanceof Uint32Array) || !('onerror' in handle)) return undefined
  handle.onerror = () => {
    hasFailed = true
  }
  return { _handle: handle, _writeState: left }
}
