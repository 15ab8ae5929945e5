import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Apis, ErrorCode } from '@moldau/protocol'
import { alterConfigs } from '../../src/apis/alter-configs.ts'
import { incrementalAlterConfigs } from '../../src/apis/incremental-alter-configs.ts'
import type { ControllerChannel } from '@moldau/controller'
import { ask, makeImage, makeServices } from './support.ts'

const TOPIC = 2
const BROKER = 4

/** Says yes to every resource, and notes them. */
const forwarded: string[] = []
const controller = {
  handle(
    _api: unknown,
    _version: number,
    request: { resources: { resourceType: number; resourceName: string }[] },
  ) {
    return Promise.resolve({
      responses: request.resources.map(({ resourceType, resourceName }) => {
        forwarded.push(resourceName)
        return { errorCode: 0, errorMessage: null, resourceType, resourceName }
      }),
    })
  },
} as unknown as ControllerChannel

const broker = makeServices(makeImage({ topics: { t1: [[1]] } }), { controller })

type Config = readonly [name: string, operation: number, value: string | null]

async function incremental(
  ...resources: readonly (readonly [type: number, name: string, configs: readonly Config[]])[]
) {
  forwarded.length = 0
  const response = await ask(
    incrementalAlterConfigs,
    Apis.IncrementalAlterConfigs,
    1,
    {
      resources: resources.map(([resourceType, resourceName, configs]) => ({
        resourceType,
        resourceName,
        configs: configs.map(([name, configOperation, value]) => ({
          name,
          configOperation,
          value,
        })),
      })),
      validateOnly: false,
    },
    broker,
  )
  return response.responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
}

async function replace(
  resourceType: number,
  resourceName: string,
  configs: Record<string, string>,
) {
  forwarded.length = 0
  const response = await ask(
    alterConfigs,
    Apis.AlterConfigs,
    2,
    {
      resources: [
        {
          resourceType,
          resourceName,
          configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
        },
      ],
      validateOnly: false,
    },
    broker,
  )
  return response.responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
}

const { INVALID_REQUEST } = ErrorCode

// The texts are those of Kafka 4.3.1, as it answered.
test('refuses what cannot be changed, and sends the rest to the controller', async () => {
  assert.deepEqual(
    await incremental(
      [BROKER, '1', [['node.id', 0, '4']]],
      [TOPIC, 't1', [['retention.ms', 0, '5']]],
      [BROKER, '1x', [['message.max.bytes', 0, '5']]],
      [BROKER, '', [['message.max.bytes', 0, '5']]],
    ),
    [
      [INVALID_REQUEST, 'Cannot update these configs dynamically: [node.id]'],
      [0, null],
      [INVALID_REQUEST, 'Node id must be an integer, but it is: 1x'],
      [0, null],
    ],
  )
  assert.deepEqual(forwarded, ['t1', ''])
})

test('refuses other brokers, twins, duplicate keys, nulls and unknown resources', async () => {
  assert.deepEqual(await incremental([BROKER, '9', [['message.max.bytes', 0, '5']]]), [
    [INVALID_REQUEST, 'Unexpected broker id, expected 1, but received 9'],
  ])
  assert.deepEqual(await incremental([TOPIC, 't1', []], [TOPIC, 't1', []]), [
    [INVALID_REQUEST, 'Each resource must appear at most once.'],
    [INVALID_REQUEST, 'Each resource must appear at most once.'],
  ])
  assert.deepEqual(
    await incremental([
      TOPIC,
      't1',
      [
        ['retention.ms', 0, '5'],
        ['retention.ms', 1, null],
      ],
    ]),
    [[INVALID_REQUEST, 'Error due to duplicate config keys']],
  )
  assert.deepEqual(
    await incremental([
      TOPIC,
      't1',
      [
        ['retention.ms', 0, null],
        ['segment.ms', 0, null],
        ['flush.ms', 1, null],
      ],
    ]),
    [[INVALID_REQUEST, 'Null value not supported for : retention.ms, segment.ms']],
  )
  assert.deepEqual(await incremental([99, '1', [['x', 0, 'y']]]), [
    [INVALID_REQUEST, 'Unknown resource type 99'],
  ])
  assert.deepEqual(forwarded, [])
})

test('checks the settings of a broker when they are replaced', async () => {
  assert.deepEqual(await replace(BROKER, '1', { 'message.max.bytes': '5000' }), [[0, null]])
  assert.deepEqual(await replace(BROKER, '1', { 'node.id': '5000' }), [
    [INVALID_REQUEST, 'Cannot update these configs dynamically: [node.id]'],
  ])
  assert.deepEqual(await replace(TOPIC, 't1', { 'retention.ms': '5000' }), [[0, null]])
})
