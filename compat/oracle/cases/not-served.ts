/** What is asked of transactions and share groups, which later issues serve, through the APIs that are served already. */
import { Apis, ErrorCode } from '@moldau/protocol'
import { type Side, testCase } from '../case.ts'
import { versionsOf } from '../requests.ts'

const TRANSACTION = 1
const SHARE = 2

/** Kafka makes the topic of its transactions when it is first asked. */
async function transactionsAreReady(side: Side) {
  if (side.peer === 'moldau') return
  for (const key of ['', 'tx'])
    await side.until(
      Apis.FindCoordinator,
      2,
      { keyType: TRANSACTION, key },
      ({ errorCode }) => errorCode === ErrorCode.NONE,
    )
  await side.until(
    Apis.InitProducerId,
    4,
    { transactionalId: 'first', transactionTimeoutMs: 60_000 },
    ({ errorCode }) => errorCode === ErrorCode.NONE,
  )
}

export const cases = [
  testCase('coordinators of share groups: keys that cannot be', async side => {
    for (const version of versionsOf(Apis.FindCoordinator).filter(v => v >= 1))
      for (const key of ['nonsense', '', 'g:xx:0', 'g:BBBBBBBBBBBBBBBBBBBBBA:x'])
        await side.ask(Apis.FindCoordinator, version, {
          keyType: SHARE,
          ...(version >= 4 ? { coordinatorKeys: [key] } : { key }),
        })
  }),

  testCase('coordinators of transactions', async side => {
    await transactionsAreReady(side)
    for (const version of versionsOf(Apis.FindCoordinator).filter(v => v >= 1))
      for (const key of ['', 'tx'])
        await side.ask(Apis.FindCoordinator, version, {
          keyType: TRANSACTION,
          ...(version >= 4 ? { coordinatorKeys: [key] } : { key }),
        })
  }),

  testCase('producers of transactions', async side => {
    await transactionsAreReady(side)
    for (const version of versionsOf(Apis.InitProducerId))
      for (const transactionTimeoutMs of [60_000, 0, 2 ** 31 - 1])
        await side.ask(Apis.InitProducerId, version, {
          transactionalId: `tx${version}`,
          transactionTimeoutMs,
        })
  }),
]
