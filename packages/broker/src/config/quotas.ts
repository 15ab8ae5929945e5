/** Windows in which quotas are measured. Rows of the one table in `broker-options.ts`. */
import { int, klass } from '@moldau/base'

const noQuotas = 'quotas are not enforced yet'

/** Windows in which quotas are measured. */
export const quotaOptions = {
  'quota.window.num': int({
    default: 11,
    min: 1,
    importance: 'LOW',
    doc: 'Samples that a client quota keeps.',
    unused: noQuotas,
  }),
  'quota.window.size.seconds': int({
    default: 1,
    min: 1,
    importance: 'LOW',
    doc: 'Seconds of one sample of a client quota.',
    unused: noQuotas,
  }),
  'replication.quota.window.num': int({
    default: 11,
    min: 1,
    importance: 'LOW',
    doc: 'Samples that the replication quota keeps.',
    unused: noQuotas,
  }),
  'replication.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    importance: 'LOW',
    doc: 'Seconds of one sample of the replication quota.',
    unused: noQuotas,
  }),
  'alter.log.dirs.replication.quota.window.num': int({
    default: 11,
    min: 1,
    importance: 'LOW',
    doc: 'Samples that the quota on moves between directories keeps.',
    unused: noQuotas,
  }),
  'alter.log.dirs.replication.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    importance: 'LOW',
    doc: 'Seconds of one sample of the quota on moves between directories.',
    unused: noQuotas,
  }),
  'client.quota.callback.class': klass({
    default: null,
    importance: 'LOW',
    doc: 'Class that decides which quota a client has.',
    unused: 'Java classes cannot be loaded',
  }),
}
