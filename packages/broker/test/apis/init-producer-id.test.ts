import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { initProducerId } from '../../src/apis/init-producer-id.ts'
import type { BrokerServices } from '../../src/services.ts'
import { ask, makeImage, makeServices } from './support.ts'

const broker = makeServices(makeImage({}), {
  producerIds: { next: () => Promise.resolve(4000) } as unknown as BrokerServices['producerIds'],
})

const request = (producerId: number, producerEpoch: number) =>
  ask(
    initProducerId,
    Apis.InitProducerId,
    4,
    { transactionalId: null, transactionTimeoutMs: 0, producerId, producerEpoch },
    broker,
  )

test('an idempotent producer gets a new id, whatever id it had', async () => {
  for (const answer of [await request(-1, -1), await request(7, 3)])
    assert.deepEqual([answer.errorCode, answer.producerId, answer.producerEpoch], [0, 4000, 0])
})

test('an id without an epoch, and an epoch without an id, are refused', async () => {
  for (const answer of [await request(7, -1), await request(-1, 3)]) {
    assert.equal(answer.errorCode, ErrorCode.INVALID_REQUEST)
    assert.equal(answer.producerId, -1)
  }
})
