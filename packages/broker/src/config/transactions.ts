/** Transactions, their internal topic, and producer ids. Rows of the one table in `broker-options.ts`. */
import { boolean, int, short } from '@moldau/base'

const noTransactions = 'transactions are not there yet'

/** Transactions, their internal topic, and producer ids. */
export const transactionOptions = {
  'transaction.max.timeout.ms': int({
    default: 900_000,
    min: 1,
    importance: 'HIGH',
    doc: 'Longest transaction that a producer may ask for, in milliseconds.',
    unused: noTransactions,
  }),
  'transaction.state.log.num.partitions': int({
    default: 50,
    min: 1,
    importance: 'HIGH',
    doc: 'Partitions of __transaction_state; never change it later.',
    unused: noTransactions,
  }),
  'transaction.state.log.replication.factor': short({
    default: 3,
    min: 1,
    importance: 'HIGH',
    doc: 'Replicas of __transaction_state; as many as there are brokers, if those are fewer.',
    unused: noTransactions,
  }),
  'transaction.state.log.min.isr': int({
    default: 2,
    min: 1,
    importance: 'HIGH',
    doc: 'In-sync replicas that __transaction_state needs.',
    unused: noTransactions,
  }),
  'transaction.state.log.segment.bytes': int({
    default: 104_857_600,
    min: 1,
    importance: 'HIGH',
    doc: 'Segment size of __transaction_state, in bytes.',
    unused: noTransactions,
  }),
  'transaction.state.log.load.buffer.size': int({
    default: 5_242_880,
    min: 1,
    importance: 'HIGH',
    doc: 'Bytes that are read at a time while transaction state is loaded.',
    unused: noTransactions,
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int({
    default: 10_000,
    min: 1,
    importance: 'LOW',
    doc: 'Time between looks for transactions past their time limit, in milliseconds.',
    unused: noTransactions,
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int({
    default: 3_600_000,
    min: 1,
    importance: 'LOW',
    doc: 'Time between looks for forgotten transactional ids, in milliseconds.',
    unused: noTransactions,
  }),
  'transactional.id.expiration.ms': int({
    default: 604_800_000,
    min: 1,
    importance: 'HIGH',
    doc: 'A transactional id unused for so long is forgotten, in milliseconds.',
    unused: noTransactions,
  }),
  'transaction.partition.verification.enable': boolean({
    default: true,
    importance: 'LOW',
    dynamic: 'cluster-wide',
    doc: 'Whether a partition must be part of the transaction before records of it are written.',
    unused: noTransactions,
  }),
  'transaction.two.phase.commit.enable': boolean({
    default: false,
    importance: 'LOW',
    doc: 'Whether transactions of two-phase commit, which never time out, are allowed.',
    unused: noTransactions,
  }),
  'add.partitions.to.txn.retry.backoff.ms': int({
    default: 20,
    min: 1,
    importance: 'HIGH',
    doc: 'Wait before adding a partition to a transaction is tried again, in milliseconds.',
    unused: noTransactions,
  }),
  'add.partitions.to.txn.retry.backoff.max.ms': int({
    default: 100,
    min: 0,
    importance: 'HIGH',
    doc: 'Time limit of adding a partition to a transaction, in milliseconds.',
    unused: noTransactions,
  }),
  'producer.id.expiration.ms': int({
    default: 86_400_000,
    min: 1,
    importance: 'LOW',
    dynamic: 'cluster-wide',
    doc: 'A partition forgets an idle producer after so long, in milliseconds.',
  }),
}
