import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryFiles } from '@moldau/io'
import { readQuorumState, writeQuorumState } from '../src/quorum-state-file.ts'

const path = '/data/quorum-state'

test('a missing file is a node that never voted', () => {
  assert.deepEqual(readQuorumState(memoryFiles(), path), {
    leaderId: -1,
    leaderEpoch: 0,
    votedId: -1,
    votedDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
  })
})

test('the text is that of Apache Kafka 4.3.1 with dynamic voters', () => {
  const files = memoryFiles()
  files.makeDirectory('/data')
  const state = {
    leaderId: 1,
    leaderEpoch: 1,
    votedId: -1,
    votedDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
  }
  writeQuorumState(files, path, state, undefined)
  assert.equal(
    files.readAll(path).toString(),
    '{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
  )
  assert.deepEqual(readQuorumState(files, path), state)
})

test('the text is that of Apache Kafka 4.3.1 with static voters', () => {
  const files = memoryFiles()
  files.makeDirectory('/data')
  const state = {
    leaderId: 1,
    leaderEpoch: 1,
    votedId: -1,
    votedDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
  }
  writeQuorumState(files, path, state, [1])
  assert.equal(
    files.readAll(path).toString(),
    '{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
  )
  assert.deepEqual(readQuorumState(files, path), { ...state, currentVoters: [1] })
})

test('a damaged file is refused, never taken for an empty one', () => {
  const files = memoryFiles()
  files.makeDirectory('/data')
  files.replace(path, Buffer.from('{"leaderId":1'))
  assert.throws(
    () => readQuorumState(files, path),
    /Cannot read the vote and epoch in \/data\/quorum-state/,
  )
})
