/** SASL, except for OAuth. Rows of the one table in `broker-options.ts`. */
import { double, int, klass, list, long, password, short, string } from '@moldau/base'

const noSecurity = 'authentication and authorization are not there yet'

/** SASL, except for OAuth. */
export const saslOptions = {
  'sasl.client.callback.handler.class': klass({
    default: null,
    doc: "Class that answers a SASL client's questions.",
    unused: noSecurity,
  }),
  'sasl.enabled.mechanisms': list({
    default: ['GSSAPI'],
    dynamic: 'per-broker',
    doc: 'SASL mechanisms that clients may use.',
    unused: noSecurity,
  }),
  'sasl.jaas.config': password({
    default: null,
    dynamic: 'per-broker',
    doc: "Login settings of SASL, in Java's JAAS form.",
    unused: noSecurity,
  }),
  'sasl.kerberos.kinit.cmd': string({
    default: '/usr/bin/kinit',
    dynamic: 'per-broker',
    doc: "Path of Kerberos' kinit.",
    unused: noSecurity,
  }),
  'sasl.kerberos.min.time.before.relogin': long({
    default: 60_000,
    dynamic: 'per-broker',
    doc: 'Shortest time between Kerberos logins, in milliseconds.',
    unused: noSecurity,
  }),
  'sasl.kerberos.principal.to.local.rules': list({
    default: ['DEFAULT'],
    dynamic: 'per-broker',
    doc: 'Rules that make short names out of Kerberos principals.',
    unused: noSecurity,
  }),
  'sasl.kerberos.service.name': string({
    default: null,
    dynamic: 'per-broker',
    doc: 'Kerberos name of this service.',
    unused: noSecurity,
  }),
  'sasl.kerberos.ticket.renew.jitter': double({
    default: 0.05,
    dynamic: 'per-broker',
    doc: 'Share of random variation in the time of renewing a ticket.',
    unused: noSecurity,
  }),
  'sasl.kerberos.ticket.renew.window.factor': double({
    default: 0.8,
    dynamic: 'per-broker',
    doc: "Share of a ticket's life after which it is renewed.",
    unused: noSecurity,
  }),
  'sasl.login.callback.handler.class': klass({
    default: null,
    doc: "Class that answers the login module's questions.",
    unused: noSecurity,
  }),
  'sasl.login.class': klass({ default: null, doc: 'Class that logs in.', unused: noSecurity }),
  'sasl.login.connect.timeout.ms': int({
    default: null,
    importance: 'LOW',
    doc: 'Time limit for connecting to the identity provider, in milliseconds.',
    unused: noSecurity,
  }),
  'sasl.login.read.timeout.ms': int({
    default: null,
    importance: 'LOW',
    doc: 'Time limit for an answer of the identity provider, in milliseconds.',
    unused: noSecurity,
  }),
  'sasl.login.refresh.buffer.seconds': short({
    default: 300,
    dynamic: 'per-broker',
    doc: 'Seconds before a credential ends within which it is not refreshed.',
    unused: noSecurity,
  }),
  'sasl.login.refresh.min.period.seconds': short({
    default: 60,
    dynamic: 'per-broker',
    doc: 'Shortest time between refreshes of a credential, in seconds.',
    unused: noSecurity,
  }),
  'sasl.login.refresh.window.factor': double({
    default: 0.8,
    dynamic: 'per-broker',
    doc: "Share of a credential's life after which it is refreshed.",
    unused: noSecurity,
  }),
  'sasl.login.refresh.window.jitter': double({
    default: 0.05,
    dynamic: 'per-broker',
    doc: 'Share of random variation in the time of refreshing a credential.',
    unused: noSecurity,
  }),
  'sasl.login.retry.backoff.max.ms': long({
    default: 10_000,
    importance: 'LOW',
    doc: 'Longest wait between tries to log in, in milliseconds.',
    unused: noSecurity,
  }),
  'sasl.login.retry.backoff.ms': long({
    default: 100,
    importance: 'LOW',
    doc: 'First wait between tries to log in, in milliseconds.',
    unused: noSecurity,
  }),
  'sasl.mechanism.controller.protocol': string({
    default: 'GSSAPI',
    importance: 'HIGH',
    doc: 'SASL mechanism towards controllers.',
    unused: noSecurity,
  }),
  'sasl.mechanism.inter.broker.protocol': string({
    default: 'GSSAPI',
    dynamic: 'per-broker',
    doc: 'SASL mechanism between brokers.',
    unused: noSecurity,
  }),
  'sasl.server.callback.handler.class': klass({
    default: null,
    doc: "Class that answers a SASL server's questions.",
    unused: noSecurity,
  }),
  'sasl.server.max.receive.size': int({
    default: 524_288,
    doc: 'Largest SASL message that is read, in bytes.',
    unused: noSecurity,
  }),
}
