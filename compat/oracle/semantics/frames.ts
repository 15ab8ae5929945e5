/** Requests byte by byte, for what the encoder of messages would never write. */
import { Writer } from '@moldau/base'
import { Apis } from '@moldau/protocol'

/** A frame around these bytes, its size in front. */
export function framed(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** A request header up to the client's name, which all versions have in common. */
export function header(
  apiKey: number,
  apiVersion: number,
  correlationId: number,
  clientId: string | null = 'raw',
): Buffer {
  const writer = new Writer()
  writer.int16(apiKey)
  writer.int16(apiVersion)
  writer.int32(correlationId)
  if (clientId === null) writer.int16(-1)
  else {
    writer.int16(Buffer.byteLength(clientId))
    writer.string(clientId)
  }
  return Buffer.from(writer.finish())
}

/** No tags. */
const NO_TAGS = Buffer.of(0)

/** A Heartbeat of version 4 for a group that is not there: small, flexible, and answered without numbers of the machine. */
export function heartbeat(
  correlationId: number,
  parts: { clientId?: string | null; headerTags?: Buffer; bodyTags?: Buffer } = {},
): Buffer {
  const { clientId = 'raw', headerTags = NO_TAGS, bodyTags = NO_TAGS } = parts
  const writer = new Writer()
  writer.unsignedVarint('nobody'.length + 1)
  writer.string('nobody')
  writer.int32(1) // generation
  writer.unsignedVarint('me'.length + 1)
  writer.string('me')
  writer.unsignedVarint(0) // no instance id
  return framed(
    Buffer.concat([
      header(Apis.Heartbeat.key, 4, correlationId, clientId),
      headerTags,
      Buffer.from(writer.finish()),
      bodyTags,
    ]),
  )
}

/** A tag section of these tags, in this order. */
export function tags(...entries: readonly (readonly [tag: number, bytes: string])[]): Buffer {
  const writer = new Writer()
  writer.unsignedVarint(entries.length)
  for (const [tag, bytes] of entries) {
    writer.unsignedVarint(tag)
    writer.unsignedVarint(Buffer.byteLength(bytes))
    writer.string(bytes)
  }
  return Buffer.from(writer.finish())
}
