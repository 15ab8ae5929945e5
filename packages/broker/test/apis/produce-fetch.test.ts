import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { nodeWorld } from '@moldau/io'
import { Apis, readRecords } from '@moldau/protocol'
import { test } from 'node:test'
import { batchOf, DataPath, produceOf } from '../data-path.ts'
import type { FakeStream } from '../fake-stream.ts'

const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const settle = () => new Promise((r) => setTimeout(r, 20))
const open = () => DataPath.open(nodeWorld(), mkdtempSync('/tmp/dp-'))

test('a produced batch comes back from a fetch', async () => {
  const path = await open()
  path.createTopic('orders', 2)
  const client = path.connect()
  client.request(Apis.Produce, 9, produceOf('orders', batchOf('a', 'b')))
  await settle()
  console.dir(client.response(Apis.Produce, 9), { depth: 9 })
  client.request(Apis.Fetch, 12, {
    replicaId: -1, maxWaitMs: 100, minBytes: 1, maxBytes: 1e6, isolationLevel: 0, sessionId: 0, sessionEpoch: -1,
    topics: [{ topic: 'orders', topicId: ZERO_ID, partitions: [{ partition: 0, currentLeaderEpoch: -1, fetchOffset: 0, lastFetchedEpoch: -1, logStartOffset: -1, partitionMaxBytes: 1e6 }] }],
    forgottenTopicsData: [], rackId: '',
  })
  await settle()
  const r = client.response(Apis.Fetch, 12)
  console.dir(r, { depth: 9 })
  console.log([...readRecords(r!.responses[0]!.partitions[0]!.records!, 0)])
  await path.close()
})
