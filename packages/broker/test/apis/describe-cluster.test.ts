import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { describeCluster } from '../../src/apis/describe-cluster.ts'
import { listConfigResources } from '../../src/apis/list-config-resources.ts'
import { ask, CLUSTER_ID, makeImage, makeServices } from './support.ts'

const broker = makeServices(
  makeImage({
    brokers: [{ id: 1 }, { id: 2, fenced: true }],
    topics: { t1: [[1]] },
    configs: [
      ['client-metrics', 'c', { 'interval.ms': '500' }],
      ['group', 'g', { 'consumer.session.timeout.ms': '50000' }],
    ],
  }),
)

const describe = (endpointType: number, includeFencedBrokers = false) =>
  ask(
    describeCluster,
    Apis.DescribeCluster,
    2,
    { includeClusterAuthorizedOperations: true, endpointType, includeFencedBrokers },
    broker,
  )

test('tells live brokers, and fenced ones where asked', async () => {
  const live = await describe(1)
  assert.equal(live.clusterId, CLUSTER_ID)
  assert.equal(live.controllerId, 1)
  assert.equal(live.clusterAuthorizedOperations, 8096)
  assert.deepEqual(
    live.brokers.map(({ brokerId, isFenced }) => [brokerId, isFenced]),
    [[1, false]],
  )
  const all = await describe(1, true)
  assert.deepEqual(
    all.brokers.map(({ brokerId, isFenced }) => [brokerId, isFenced]),
    [
      [1, false],
      [2, true],
    ],
  )
})

test('does not tell controllers on a listener of brokers', async () => {
  const { errorCode, errorMessage, endpointType } = await describe(2)
  assert.equal(errorCode, ErrorCode.MISMATCHED_ENDPOINT_TYPE)
  assert.equal(
    errorMessage,
    'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
  )
  assert.equal(endpointType, 1)
  assert.equal((await describe(3)).errorMessage, 'Unsupported endpoint type 3')
})

test('lists resources with settings by type', async () => {
  const list = async (version: number, resourceTypes: number[]) => {
    const response = await ask(
      listConfigResources,
      Apis.ListConfigResources,
      version,
      { resourceTypes },
      broker,
    )
    return response.errorCode === 0
      ? response.configResources.map(({ resourceType, resourceName }) => [
          resourceType,
          resourceName,
        ])
      : response.errorCode
  }
  assert.deepEqual(await list(0, []), [[16, 'c']])
  assert.deepEqual(await list(1, [2, 4]), [
    [4, '1'],
    [4, '2'],
    [2, 't1'],
  ])
  assert.equal(((await list(1, [])) as unknown[]).length, 7)
  assert.equal(await list(1, [2, 77]), ErrorCode.UNSUPPORTED_VERSION)
})
