/**
 * Frames: a size, a header, a body. The version of a header follows from API and version of the body; ApiVersions is
 * the exception, whose responses keep the oldest header so that a client of any age can read them (KIP-511).
 */
import { DecodeError, Reader, Writer } from '@moldau/base'
import { Apis, apiByKey } from './apis.ts'
import { RequestHeader, ResponseHeader } from './messages/index.ts'

/** The header of a request as read. */
export interface RequestHeaderFields {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** A row of the table, or what else looks like one. */
interface AnyApi {
  readonly key: number
  readonly request: AnyMessage
  readonly response: AnyMessage
}

/** Of a message, what is asked for here. */
interface AnyMessage {
  readonly flexibleFrom: number
  encode(value: never, version: number): Buffer
  write(writer: Writer, value: never, version: number): void
  writeInSteps(writer: Writer, value: never, version: number): Generator<undefined, void>
}

/** 2 for flexible requests, else 1. */
export function requestHeaderVersion(api: AnyApi, version: number): number {
  return version >= api.request.flexibleFrom ? 2 : 1
}

/** 1 for flexible responses, else 0; always 0 for ApiVersions. */
export function responseHeaderVersion(api: AnyApi, version: number): number {
  return version >= api.response.flexibleFrom && api.key !== Apis.ApiVersions.key ? 1 : 0
}

/** Reads the header behind the size; the reader then stands at the body. @throws DecodeError, also for an unknown API */
export function readRequestHeader(reader: Reader): RequestHeaderFields {
  const at = reader.skip(4)
  const apiKey = reader.buffer.readInt16BE(at)
  const apiVersion = reader.buffer.readInt16BE(at + 2)
  reader.offset = at
  const api = apiByKey(apiKey)
  if (api === undefined) throw new DecodeError(`There is no API ${apiKey}`)
  const header = RequestHeader.read(reader, requestHeaderVersion(api, apiVersion))
  return {
    apiKey,
    apiVersion,
    correlationId: header.correlationId,
    clientId: header.clientId,
  }
}

/** A whole request frame, with its size in front. */
export function encodeRequest<A extends AnyApi>(
  api: A,
  version: number,
  sender: { readonly correlationId: number; readonly clientId: string | null },
  body: Parameters<A['request']['encode']>[0],
): Buffer {
  const writer = new Writer()
  writer.int32(0)
  RequestHeader.write(
    writer,
    {
      requestApiKey: api.key,
      requestApiVersion: version,
      correlationId: sender.correlationId,
      clientId: sender.clientId,
    },
    requestHeaderVersion(api, version),
  )
  api.request.write(writer, body, version)
  return sized(writer)
}

/** A whole response frame, with its size in front. */
export function encodeResponse<A extends AnyApi>(
  api: A,
  version: number,
  correlationId: number,
  body: Parameters<A['response']['encode']>[0],
): Buffer {
  const writer = new Writer()
  writer.int32(0)
  ResponseHeader.write(writer, { correlationId }, responseHeaderVersion(api, version))
  api.response.write(writer, body, version)
  return sized(writer)
}

/** `encodeResponse`, for large ones: between steps others may have their turn. */
export function* encodeResponseInSteps<A extends AnyApi>(
  api: A,
  version: number,
  correlationId: number,
  body: Parameters<A['response']['encode']>[0],
): Generator<undefined, Buffer> {
  const writer = new Writer()
  writer.int32(0)
  ResponseHeader.write(writer, { correlationId }, responseHeaderVersion(api, version))
  yield* api.response.writeInSteps(writer, body, version)
  return sized(writer)
}

function sized(writer: Writer): Buffer {
  writer.buffer.writeInt32BE(writer.length - 4, 0)
  return writer.finish()
}
