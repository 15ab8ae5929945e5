import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError, Reader } from '@moldau/base'
import {
  Apis,
  encodeRequest,
  encodeResponse,
  readRequestHeader,
  requestHeaderVersion,
  responseHeaderVersion,
} from '../src/index.ts'

test('a request frame is size, header and body', () => {
  const sender = { correlationId: 7, clientId: 'x' }
  const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm' }
  const old = encodeRequest(Apis.Heartbeat, 2, sender, heartbeat)
  assert.equal(old.toString('hex'), '00000015000c0002000000070001780001670000000100016d')
  // Flexible: the client id keeps its old form, tags follow it.
  const flexible = encodeRequest(Apis.Heartbeat, 4, sender, heartbeat)
  assert.equal(flexible.toString('hex'), '00000016000c00040000000700017800026700000001026d0000')
})

test('the reader stands at the body when the header is read', () => {
  const frame = encodeRequest(
    Apis.Heartbeat,
    4,
    { correlationId: 7, clientId: null },
    {
      groupId: 'g',
      generationId: 1,
      memberId: 'm',
    },
  )
  const reader = new Reader(frame, 4)
  const header = readRequestHeader(reader)
  assert.deepEqual(header, { apiKey: 12, apiVersion: 4, correlationId: 7, clientId: null })
  assert.equal(Apis.Heartbeat.request.read(reader, header.apiVersion).groupId, 'g')
  assert.equal(reader.remaining, 0)
})

test('the header of an unknown API, or one that is cut short, is refused', () => {
  assert.throws(
    () => readRequestHeader(new Reader(Buffer.from('03e8000000000001ffff', 'hex'))),
    DecodeError,
  )
  assert.throws(() => readRequestHeader(new Reader(Buffer.from('000c00', 'hex'))), DecodeError)
  assert.throws(
    () => readRequestHeader(new Reader(Buffer.from('000c000400000001', 'hex'))),
    DecodeError,
  )
})

test('responses of ApiVersions keep the oldest header, others follow their body', () => {
  assert.equal(responseHeaderVersion(Apis.ApiVersions, 4), 0)
  assert.equal(requestHeaderVersion(Apis.ApiVersions, 4), 2)
  assert.equal(responseHeaderVersion(Apis.Heartbeat, 3), 0)
  assert.equal(responseHeaderVersion(Apis.Heartbeat, 4), 1)
  assert.equal(responseHeaderVersion(Apis.SaslHandshake, 1), 0)
})

test('the answer to an unknown version of ApiVersions fits in 12 bytes behind the header', () => {
  const own = { apiKey: 18, minVersion: 0, maxVersion: 4 }
  const frame = encodeResponse(Apis.ApiVersions, 0, 9, { errorCode: 35, apiKeys: [own] })
  assert.equal(
    frame.toString('hex'),
    '00000010' + '00000009' + '0023' + '00000001' + '001200000004',
  )
})
