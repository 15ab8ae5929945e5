/** Kafka's text form of a UUID: 22 characters of base64url without padding. Sixteen raw bytes on the wire. */
import type { Random } from '../random.ts'
import { asNodeBuffer } from './node-buffer.ts'
import { DecodeError } from './reader.ts'

/** "No id". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

const UUID_BYTES = 16

/** A random (version 4) id that does not begin with a dash, as Kafka's. */
export function randomUuid(random: Random): string {
  for (;;) {
    const bytes = random.bytes(UUID_BYTES)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const text = bytes.toString('base64url')
    if (!text.startsWith('-')) return text
  }
}

/** @throws RangeError for text that is no UUID */
export function uuidToBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== UUID_BYTES) throw new RangeError(`'${text}' is no UUID in base64url`)
  return bytes
}

/** @throws DecodeError if fewer than 16 bytes are left */
export function uuidFromBytes(buffer: Buffer, offset = 0): string {
  if (offset + UUID_BYTES > buffer.length) throw new DecodeError('A UUID goes beyond the end')
  return asNodeBuffer(buffer).base64urlSlice(offset, offset + UUID_BYTES)
}
