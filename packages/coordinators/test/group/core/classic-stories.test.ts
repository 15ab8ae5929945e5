/** Stories of classic groups with their transcripts. How to read one: `support/group-script.ts`. */
import { describe, test } from 'node:test'
import { GroupScript, type Joining } from '../../support/group-script.ts'
import { tells } from '../../support/tells.ts'

/** Two members, stable in generation 1, and nothing written down. */
function stablePair(joining: Joining = {}): GroupScript {
  const script = new GroupScript()
  for (const name of ['a', 'b']) {
    script.join(name, joining)
    script.join(name, joining)
  }
  script.pass(6000)
  script.sync('a', { a: '0', b: '1' })
  script.sync('b')
  script.transcript()
  return script
}

describe('the first rebalance of a group', () => {
  test('waits for more members, a while longer for each that comes, and shares out once the leader has spoken', () => {
    const script = new GroupScript()
    script.join('a')
    script.join('a')
    script.pass(2000)
    script.join('b')
    script.join('b')
    script.pass(3999)
    script.pass(1)
    script.sync('b')
    script.sync('a', { a: '0,1', b: '2' })
    script.heartbeat('b')
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
        a <- MEMBER_ID_REQUIRED
      > a joins as a#1
      > 2000 ms pass
      > b joins
        b <- MEMBER_ID_REQUIRED
      > b joins as b#1
      > 3999 ms pass
      > 1 ms pass
        a <- generation 1 of range: a#1 leads [a#1=topics, b#1=topics]
        b <- generation 1 of range: b#1 follows a#1
      > b syncs {}
      > a syncs {"a":"0,1","b":"2"}
        writes group g: generation 1 [a#1="0,1", b#1="2"]
        a <- assigned "0,1"
        b <- assigned "2"
      > b sends a heartbeat
        b <- NONE
      `,
    )
  })
  test('is not over while somebody is to come back with an id, for a moment', () => {
    const script = new GroupScript({ initialRebalanceDelayMs: 0 })
    for (const name of ['a', 'b', 'c']) script.join(name)
    script.join('a')
    script.pass(0)
    script.pass(60)
    script.join('b')
    script.pass(40)
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
        a <- MEMBER_ID_REQUIRED
      > b joins
        b <- MEMBER_ID_REQUIRED
      > c joins
        c <- MEMBER_ID_REQUIRED
      > a joins as a#1
      > 0 ms pass
      > 60 ms pass
      > b joins as b#1
      > 40 ms pass
        a <- generation 1 of range: a#1 leads [a#1=topics, b#1=topics]
        b <- generation 1 of range: b#1 follows a#1
      `,
    )
  })
  test('ends with the last that was to come back with an id', () => {
    const script = new GroupScript({ initialRebalanceDelayMs: 0 })
    for (const name of ['a', 'b']) script.join(name)
    script.join('a')
    script.pass(0)
    script.join('b')
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
        a <- MEMBER_ID_REQUIRED
      > b joins
        b <- MEMBER_ID_REQUIRED
      > a joins as a#1
      > 0 ms pass
      > b joins as b#1
        a <- generation 1 of range: a#1 leads [a#1=topics, b#1=topics]
        b <- generation 1 of range: b#1 follows a#1
      `,
    )
  })
  test('waits no longer than the rebalance timeout', () => {
    const script = new GroupScript()
    for (const name of ['a', 'b', 'c', 'd']) {
      script.join(name, { version: 3, rebalanceTimeoutMs: 5000 })
      script.pass(2000)
    }
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
      > 2000 ms pass
      > b joins
      > 2000 ms pass
      > c joins
      > 2000 ms pass
        a <- generation 1 of range: a#1 leads [a#1=topics, b#1=topics, c#1=topics]
        b <- generation 1 of range: b#1 follows a#1
        c <- generation 1 of range: c#1 follows a#1
      > d joins
      > 2000 ms pass
      `,
    )
  })
})

describe('a member that joins for the first time', () => {
  test('has until its session timeout to come back with the id it was given', () => {
    const script = new GroupScript()
    script.join('a', { sessionTimeoutMs: 7000 })
    script.pass(7000)
    script.join('a')
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
        a <- MEMBER_ID_REQUIRED
      > 7000 ms pass
      > a joins as a#1
        a <- UNKNOWN_MEMBER_ID
      `,
    )
  })
  test('joins at once with versions that know no required ids', () => {
    const script = new GroupScript({ initialRebalanceDelayMs: 0 })
    script.join('a', { version: 3 })
    script.pass(0)
    tells(
      script,
      `
      > a joins
        writes group g: generation 0 []
      > 0 ms pass
        a <- generation 1 of range: a#1 leads [a#1=topics]
      `,
    )
  })
  test('makes the others join again, who have until the rebalance timeout', () => {
    const script = stablePair({ rebalanceTimeoutMs: 15_000 })
    script.join('c', { version: 3, rebalanceTimeoutMs: 15_000 })
    script.join('a')
    script.pass(9000)
    script.heartbeat('b')
    script.pass(6000)
    script.heartbeat('b')
    tells(
      script,
      `
      > c joins
      > a joins as a#1
      > 9000 ms pass
      > b sends a heartbeat
        b <- REBALANCE_IN_PROGRESS
      > 6000 ms pass
        a <- generation 2 of range: a#1 leads [a#1=topics, c#1=topics]
        c <- generation 2 of range: c#1 follows a#1
      > b sends a heartbeat
        b <- UNKNOWN_MEMBER_ID
      `,
    )
  })
  test('is waited for by a rebalance while it has only been given an id', () => {
    const script = stablePair()
    script.join('c')
    script.join('a')
    script.join('b')
    script.join('c')
    tells(
      script,
      `
      > c joins
        c <- MEMBER_ID_REQUIRED
      > a joins as a#1
      > b joins as b#1
      > c joins as c#1
        a <- generation 2 of range: a#1 leads [a#1=topics, b#1=topics, c#1=topics]
        b <- generation 2 of range: b#1 follows a#1
        c <- generation 2 of range: c#1 follows a#1
      `,
    )
  })
})

describe('a member that is lost', () => {
  test('is out when its session is over, and the rest rebalance', () => {
    const script = stablePair()
    script.pass(9999)
    script.heartbeat('a')
    script.pass(1)
    script.heartbeat('a')
    script.join('a')
    script.sync('a', { a: '0,1' })
    tells(
      script,
      `
      > 9999 ms pass
      > a sends a heartbeat
        a <- NONE
      > 1 ms pass
      > a sends a heartbeat
        a <- REBALANCE_IN_PROGRESS
      > a joins as a#1
        a <- generation 2 of range: a#1 leads [a#1=topics]
      > a syncs {"a":"0,1"}
        writes group g: generation 2 [a#1="0,1"]
        a <- assigned "0,1"
      `,
    )
  })
  test('keeps its session while it waits in a rebalance', () => {
    const script = stablePair()
    script.join('a', { protocols: { range: 'other topics' } })
    script.heartbeat('b')
    script.pass(9000)
    script.heartbeat('b')
    script.pass(9000)
    script.join('b')
    tells(
      script,
      `
      > a joins as a#1
      > b sends a heartbeat
        b <- REBALANCE_IN_PROGRESS
      > 9000 ms pass
      > b sends a heartbeat
        b <- REBALANCE_IN_PROGRESS
      > 9000 ms pass
      > b joins as b#1
        a <- generation 2 of range: a#1 leads [a#1=other topics, b#1=topics]
        b <- generation 2 of range: b#1 follows a#1
      `,
    )
  })
  test('is out when it does not ask for its assignment in time', () => {
    const joining = { rebalanceTimeoutMs: 15_000 }
    const script = stablePair(joining)
    script.join('a', joining)
    script.join('b', joining)
    script.sync('a', { a: '0', b: '1' })
    script.pass(9000)
    script.heartbeat('a')
    script.heartbeat('b')
    script.pass(6000)
    script.heartbeat('a')
    script.heartbeat('b')
    tells(
      script,
      `
      > a joins as a#1
      > b joins as b#1
        a <- generation 2 of range: a#1 leads [a#1=topics, b#1=topics]
        b <- generation 2 of range: b#1 follows a#1
      > a syncs {"a":"0","b":"1"}
        writes group g: generation 2 [a#1="0", b#1="1"]
        a <- assigned "0"
      > 9000 ms pass
      > a sends a heartbeat
        a <- NONE
      > b sends a heartbeat
        b <- NONE
      > 6000 ms pass
      > a sends a heartbeat
        a <- REBALANCE_IN_PROGRESS
      > b sends a heartbeat
        b <- UNKNOWN_MEMBER_ID
      `,
    )
  })
  test('leaves an empty group when it was the last', () => {
    const script = stablePair()
    script.pass(10_000)
    tells(
      script,
      `
      > 10000 ms pass
        writes group g: generation 2 []
      `,
    )
  })
})

describe('members that leave', () => {
  test("make the rest rebalance; the leader's place goes to the next", () => {
    const script = stablePair()
    script.leave('a')
    script.heartbeat('b')
    script.join('b')
    script.leave('a')
    tells(
      script,
      `
      > a leaves
        a <- NONE
      > b sends a heartbeat
        b <- REBALANCE_IN_PROGRESS
      > b joins as b#1
        b <- generation 2 of range: b#1 leads [b#1=topics]
      > a leaves
        a <- UNKNOWN_MEMBER_ID
      `,
    )
  })
  test('leave together, unknown ones refused one by one', () => {
    const script = stablePair()
    script.leave('a', 'nobody', 'b')
    tells(
      script,
      `
      > a, nobody, b leave
        writes group g: generation 2 []
        a, nobody, b <- NONE, UNKNOWN_MEMBER_ID, NONE
      `,
    )
  })
  test('let go of the assignment they wait for', () => {
    const script = stablePair()
    script.join('a')
    script.join('b')
    script.sync('b')
    script.leave('b')
    script.join('a')
    tells(
      script,
      `
      > a joins as a#1
      > b joins as b#1
        a <- generation 2 of range: a#1 leads [a#1=topics, b#1=topics]
        b <- generation 2 of range: b#1 follows a#1
      > b syncs {}
      > b leaves
        b <- UNKNOWN_MEMBER_ID
        b <- NONE
      > a joins as a#1
        a <- generation 3 of range: a#1 leads [a#1=topics]
      `,
    )
  })
})

describe('members that join again', () => {
  test('make everybody rebalance if they lead, as new partitions may have come', () => {
    const script = stablePair()
    script.join('a')
    script.heartbeat('b')
    script.join('b')
    tells(
      script,
      `
      > a joins as a#1
      > b sends a heartbeat
        b <- REBALANCE_IN_PROGRESS
      > b joins as b#1
        a <- generation 2 of range: a#1 leads [a#1=topics, b#1=topics]
        b <- generation 2 of range: b#1 follows a#1
      `,
    )
  })
  test('are told what is if they follow and say nothing new', () => {
    const script = stablePair()
    script.join('b')
    script.sync('b')
    tells(
      script,
      `
      > b joins as b#1
        b <- generation 1 of range: b#1 follows a#1
      > b syncs {}
        b <- assigned "1"
      `,
    )
  })
  test('make everybody rebalance if what they say has changed, as cooperative consumers do to hand over partitions', () => {
    const script = stablePair()
    script.join('b', { protocols: { range: 'owns 0' } })
    script.join('a')
    script.sync('b')
    script.join('b', { protocols: { range: 'owns nothing' } })
    script.join('a')
    tells(
      script,
      `
      > b joins as b#1
      > a joins as a#1
        a <- generation 2 of range: a#1 leads [a#1=topics, b#1=owns 0]
        b <- generation 2 of range: b#1 follows a#1
      > b syncs {}
      > b joins as b#1
        b <- REBALANCE_IN_PROGRESS
      > a joins as a#1
        a <- generation 3 of range: a#1 leads [a#1=topics, b#1=owns nothing]
        b <- generation 3 of range: b#1 follows a#1
      `,
    )
  })
})

describe('a coordinator that starts again', () => {
  test('knows its members, who have their session timeout to be heard of', () => {
    const script = stablePair()
    script.restart()
    script.pass(9000)
    script.heartbeat('a')
    script.heartbeat('b')
    script.pass(10_000)
    tells(
      script,
      `
      > the coordinator starts again
      > 9000 ms pass
      > a sends a heartbeat
        a <- NONE
      > b sends a heartbeat
        b <- NONE
      > 10000 ms pass
        writes group g: generation 2 []
      `,
    )
  })
  test('makes a group that has become too large rebalance, and keeps those who are back first', () => {
    const script = stablePair()
    script.restart({ groupSizeMax: 1 })
    script.heartbeat('a')
    script.join('b')
    script.join('a')
    tells(
      script,
      `
      > the coordinator starts again
      > a sends a heartbeat
        a <- REBALANCE_IN_PROGRESS
      > b joins as b#1
      > a joins as a#1
        a <- GROUP_MAX_SIZE_REACHED
        b <- generation 2 of range: b#1 leads [b#1=topics]
      `,
    )
  })
})
