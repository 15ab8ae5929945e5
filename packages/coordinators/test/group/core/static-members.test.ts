/** Stories of static members (KIP-345) with their transcripts. How to read one: `support/group-script.ts`. */
import { describe, test } from 'node:test'
import { GroupScript } from '../../support/group-script.ts'
import { tells } from '../../support/tells.ts'

/** Two static members, stable in generation 1, and nothing written down. */
function staticPair(): GroupScript {
  const script = new GroupScript()
  script.join('a', { groupInstanceId: 'ia', rebalanceTimeoutMs: 9000 })
  script.join('b', { groupInstanceId: 'ib', rebalanceTimeoutMs: 9000 })
  script.pass(6000)
  script.sync('a', { a: '0', b: '1' })
  script.sync('b')
  script.transcript()
  return script
}

describe('a static member', () => {
  test('takes its place again after a restart, without a rebalance; its old id is fenced', () => {
    const script = staticPair()
    script.rejoinAsNew('b', { groupInstanceId: 'ib' })
    script.sync('b')
    script.heartbeat('b', 'ib')
    script.heartbeat('a', 'ia')
    tells(
      script,
      `
      > b joins
        writes group g: generation 1 [ia#1="0", ib#2="1"]
        b <- generation 1 of range: ib#2 follows ia#1
      > b syncs {}
        b <- assigned "1"
      > b sends a heartbeat
        b <- NONE
      > a sends a heartbeat
        a <- NONE
      `,
    )
  })
  test('is told to leave the assignment alone if it leads', () => {
    const script = staticPair()
    script.rejoinAsNew('a', { groupInstanceId: 'ia' })
    script.sync('a')
    tells(
      script,
      `
      > a joins
        writes group g: generation 1 [ib#1="1", ia#2="0"]
        a <- generation 1 of range: ia#2 leads [ib#1=topics, ia#2=topics] as assigned
      > a syncs {}
        a <- assigned "0"
      `,
    )
  })
  test('is told, in versions before 9, that its old id leads', () => {
    const script = staticPair()
    script.rejoinAsNew('a', { groupInstanceId: 'ia', version: 8 })
    tells(
      script,
      `
      > a joins
        writes group g: generation 1 [ib#1="1", ia#2="0"]
        a <- generation 1 of range: ia#2 follows ia#1
      `,
    )
  })
  test('that restarts amid a rebalance fences the join of its old process', () => {
    const script = staticPair()
    script.join('b', { groupInstanceId: 'ib', protocols: { range: 'other' } })
    script.rejoinAsNew('b', { groupInstanceId: 'ib' })
    script.join('a', { groupInstanceId: 'ia' })
    tells(
      script,
      `
      > b joins as ib#1
      > b joins
        b <- FENCED_INSTANCE_ID
      > a joins as ia#1
        a <- generation 2 of range: ia#1 leads [ia#1=topics, ib#2=topics]
        b <- generation 2 of range: ib#2 follows ia#1
      `,
    )
  })
  test('that restarts before the assignment is known makes everybody start over', () => {
    const script = staticPair()
    script.join('a', { groupInstanceId: 'ia' })
    script.join('b', { groupInstanceId: 'ib' })
    script.sync('a', { a: '0', b: '1' }, 1)
    script.rejoinAsNew('b', { groupInstanceId: 'ib' })
    script.join('a', { groupInstanceId: 'ia' })
    tells(
      script,
      `
      > a joins as ia#1
      > b joins as ib#1
        a <- generation 2 of range: ia#1 leads [ia#1=topics, ib#1=topics]
        b <- generation 2 of range: ib#1 follows ia#1
      > a syncs {"a":"0","b":"1"}
        a <- ILLEGAL_GENERATION
      > b joins
      > a joins as ia#1
        a <- generation 3 of range: ia#1 leads [ia#1=topics, ib#2=topics]
        b <- generation 3 of range: ib#2 follows ia#1
      `,
    )
  })
  test('makes the group rebalance when its restart changes the protocol chosen', () => {
    const script = new GroupScript({ initialRebalanceDelayMs: 0 })
    script.join('a', { groupInstanceId: 'ia', protocols: { range: 'x', sticky: 'y' } })
    script.pass(0)
    script.sync('a', { a: '0' })
    script.rejoinAsNew('a', { groupInstanceId: 'ia', protocols: { sticky: 'y', range: 'x' } })
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
      > 0 ms pass
        a <- generation 1 of range: ia#1 leads [ia#1=x]
      > a syncs {"a":"0"}
        writes group g: generation 1 [ia#1="0"]
        a <- assigned "0"
      > a joins
        a <- generation 2 of sticky: ia#2 leads [ia#2=y]
      `,
    )
  })
  test('stays a member when it misses a rebalance, and is told to join by its next heartbeat', () => {
    const script = staticPair()
    script.join('c', { version: 3, rebalanceTimeoutMs: 9000 })
    script.join('a', { groupInstanceId: 'ia', rebalanceTimeoutMs: 9000 })
    script.pass(9000)
    script.heartbeat('b', 'ib')
    script.rejoinAsNew('b', { groupInstanceId: 'ib' })
    tells(
      script,
      `
      > c joins
      > a joins as ia#1
      > 9000 ms pass
        a <- generation 2 of range: ia#1 leads [ia#1=topics, ib#1=topics, c#1=topics]
        c <- generation 2 of range: c#1 follows ia#1
      > b sends a heartbeat
        b <- ILLEGAL_GENERATION
      > b joins
      `,
    )
  })
})
