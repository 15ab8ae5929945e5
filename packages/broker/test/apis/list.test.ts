import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, encodeResponse, ErrorCode } from '@moldau/protocol'
import { servedApis } from '../../src/apis/index.ts'
import type { Api, ApiFunctions, ResponseOf } from '../../src/apis/serve.ts'
import { unserved } from '../../src/apis/unserved.ts'
import type { RequestContext } from '../../src/services.ts'

test('every API of the protocol is served or told why not, never both', () => {
  const served = new Set(servedApis.map(({ api }) => api.name))
  assert.equal(served.size, servedApis.length)
  for (const name of Object.keys(Apis)) {
    assert.notEqual(
      served.has(name),
      Object.hasOwn(unserved, name),
      `${name} must be in exactly one list`,
    )
  }
})

test('serves no version that the protocol does not have', () => {
  for (const { api, versions } of servedApis) {
    assert.ok(versions[0] >= api.versions[0] && versions[1] <= api.versions[1], api.name)
    assert.ok(versions[0] >= api.request.versions[0], api.name)
  }
})

test('every API can say in every version that a whole request failed', () => {
  const refusal = {
    name: 'UNKNOWN_SERVER_ERROR',
    errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
    errorMessage: 'it failed',
  } as const
  for (const { api, versions, functions } of servedApis) {
    if (functions === undefined) continue
    const bound = functions as unknown as ApiFunctions<Api>
    const canRefuse = bound.refuse !== undefined
    assert.ok(canRefuse || Object.hasOwn(api.response.fields, 'errorCode'), api.name)
    for (let version = versions[0]; version <= versions[1]; version++) {
      const request = emptyRequest(api.request.fields)
      const context = { apiVersion: version } as RequestContext
      const response =
        bound.refuse?.(request as never, refusal, context) ?? (refusal as ResponseOf<Api>)
      const body = { throttleTimeMs: 0, errorCode: 0, ...response } as never
      assert.doesNotThrow(
        () => encodeResponse(api as never, version, 1, body),
        `${api.name} ${version}`,
      )
    }
  }
})

/** A request whose arrays are empty. */
function emptyRequest(fields: object): object {
  const entries = Object.entries(fields).map(([name, field]) => {
    const { type } = (field as { facts: { type: unknown } }).facts
    return [name, typeof type === 'object' ? [] : type === 'string' ? '' : 0]
  })
  return Object.fromEntries(entries) as object
}
