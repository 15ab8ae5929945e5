/**
 * How stored records are framed. A metadata record is a frame version, its type, its version and its body (KIP-631); the key
 * of a coordinator's record is its type and a body, the value its version and a body.
 */
import { DecodeError, Reader, Writer } from '@moldau/base'
import type { Fields, StoredMessage, StructInput, StructOf } from './schema.ts'

const FRAME_VERSION = 1

/** A metadata record as bytes. */
export function encodeMetadataRecord<F extends Fields>(
  schema: StoredMessage<F>,
  value: StructInput<F>,
  version: number,
): Buffer {
  const writer = new Writer()
  writer.unsignedVarint(FRAME_VERSION)
  writer.unsignedVarint(schema.apiKey)
  writer.unsignedVarint(version)
  schema.write(writer, value, version)
  return writer.finish()
}

/** Type and version of a metadata record; `reader` then stands before its body. @throws DecodeError */
export function readMetadataFrame(reader: Reader): {
  readonly key: number
  readonly version: number
} {
  const frame = reader.unsignedVarint()
  if (frame !== FRAME_VERSION)
    throw new DecodeError(`A metadata record has frame version ${frame}, not ${FRAME_VERSION}`)
  return { key: reader.unsignedVarint(), version: reader.unsignedVarint() }
}

/** The key of a coordinator's record: its type, then the body. */
export function encodeCoordinatorKey<F extends Fields>(
  schema: StoredMessage<F>,
  value: StructInput<F>,
): Buffer {
  const writer = new Writer()
  writer.int16(schema.apiKey)
  schema.write(writer, value, schema.versions[0])
  return writer.finish()
}

/** The value of a coordinator's record: its version, then the body. */
export function encodeCoordinatorValue<F extends Fields>(
  schema: StoredMessage<F>,
  value: StructInput<F>,
  version: number,
): Buffer {
  const writer = new Writer()
  writer.int16(version)
  schema.write(writer, value, version)
  return writer.finish()
}

/** The type of a coordinator's record, by its key. */
export function coordinatorRecordType(key: Buffer): number {
  return new Reader(key).int16()
}

/** Reads the body of a key behind its type. */
export function decodeCoordinatorKey<F extends Fields>(
  schema: StoredMessage<F>,
  key: Buffer,
): StructOf<F> {
  const reader = new Reader(key)
  reader.int16()
  return schema.read(reader, schema.versions[0])
}

/** Reads the body of a value in the version that it names. */
export function decodeCoordinatorValue<F extends Fields>(
  schema: StoredMessage<F>,
  value: Buffer,
): StructOf<F> {
  const reader = new Reader(value)
  return schema.read(reader, reader.int16())
}
