import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from '@moldau/base'
import { openStorage, readBootstrapValues, type StorageOptions } from '../src/storage.ts'
import { readSnapshot } from '../src/snapshot-files.ts'
import { testWorld } from '@moldau/testing'

const clusterId = 'MkU3OEVBNTcwNTJENDM2Qk'
const voterFile = '/data/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint'

function options(world = testWorld(), change: Partial<StorageOptions> = {}): StorageOptions {
  return {
    world,
    directories: ['/data'],
    nodeId: 1,
    controllerEndpoint: { name: 'CONTROLLER', host: 'localhost', port: 9093 },
    bootstrapValues: [Buffer.from('first'), Buffer.from('second')],
    ...change,
  }
}

test('an empty directory is formatted as a quorum of one with dynamic voters', () => {
  const world = testWorld()
  const storage = openStorage(options(world, { clusterId }))
  assert.equal(storage.isNew, true)
  assert.equal(storage.clusterId, clusterId)
  const directoryId = storage.directoryIds.get('/data')
  const properties = `cluster.id=${clusterId}\nversion=1\nnode.id=1\ndirectory.id=${directoryId}\n`
  assert.equal(
    world.files.readAll('/data/meta.properties').toString(),
    `#crc32c=${crc32c(Buffer.from(properties), 0, properties.length)}\n${properties}`,
  )
  const [header] = readSnapshot(world.files, voterFile).batches
  assert.equal(header?.kraftVersion, 1)
  assert.deepEqual(
    header?.voters?.voters.map(voter => [
      voter.voterId,
      voter.voterDirectoryId,
      voter.endpoints[0]?.port,
    ]),
    [[1, directoryId, 9093]],
  )
  assert.deepEqual(readBootstrapValues(world.files, '/data')?.map(String), ['first', 'second'])
})

test('a formatted directory is recognised', () => {
  const world = testWorld()
  const first = openStorage(options(world))
  const second = openStorage(options(world))
  assert.equal(second.isNew, false)
  assert.equal(second.clusterId, first.clusterId)
  assert.deepEqual(second.directoryIds, first.directoryIds)
})

test('a format that stopped before meta.properties is done again', () => {
  const world = testWorld()
  openStorage(options(world))
  world.files.remove('/data/meta.properties')
  assert.equal(openStorage(options(world)).isNew, true)
})

test('a second, empty log directory joins the cluster', () => {
  const world = testWorld()
  const { clusterId: cluster } = openStorage(options(world))
  const storage = openStorage(options(world, { directories: ['/data', '/more'] }))
  assert.equal(storage.clusterId, cluster)
  assert.notEqual(storage.directoryIds.get('/more'), storage.directoryIds.get('/data'))
  assert.equal(world.files.exists('/more/__cluster_metadata-0'), false)
})

test('a directory of another node is refused', () => {
  const world = testWorld()
  openStorage(options(world))
  assert.throws(
    () => openStorage(options(world, { nodeId: 2 })),
    /^Error: Cannot use \/data: it belongs to node.id 1, and this is node.id 2$/,
  )
})

test('a directory of another cluster is refused', () => {
  const world = testWorld()
  openStorage(options(world, { clusterId }))
  assert.throws(
    () => openStorage(options(world, { clusterId: 'other' })),
    /^Error: Cannot use \/data: it belongs to cluster.id MkU3OEVBNTcwNTJENDM2Qk, not other$/,
  )
})

test('directories of two clusters are refused together', () => {
  const world = testWorld()
  openStorage(options(world))
  openStorage(options(world, { directories: ['/more'] }))
  assert.throws(
    () => openStorage(options(world, { directories: ['/data', '/more'] })),
    /belongs to cluster.id/,
  )
})

test('a directory with something else in it is refused', () => {
  const world = testWorld()
  world.files.makeDirectory('/data')
  world.files.replace('/data/thesis.doc', Buffer.from('mine'))
  assert.throws(
    () => openStorage(options(world)),
    /^Error: Cannot use \/data: it holds thesis.doc but no meta.properties; give an empty directory, or one of Moldau or Apache Kafka$/,
  )
})

test('a directory from the time of ZooKeeper is refused', () => {
  const world = testWorld()
  world.files.makeDirectory('/data')
  world.files.replace(
    '/data/meta.properties',
    Buffer.from('version=0\nbroker.id=1\ncluster.id=x\n'),
  )
  assert.throws(
    () => openStorage(options(world)),
    /version 1 with cluster.id and node.id is needed, this has version 0/,
  )
})

test('a directory without directory.id gets one', () => {
  const world = testWorld()
  world.files.makeDirectory('/data')
  world.files.replace('/data/meta.properties', Buffer.from('version=1\nnode.id=1\ncluster.id=x\n'))
  const storage = openStorage(options(world))
  assert.equal(storage.isNew, false)
  assert.match(world.files.readAll('/data/meta.properties').toString(), /directory\.id=.{22}/)
})
