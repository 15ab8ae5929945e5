/** Who may do what: the authorizer, principals, delegation tokens. Rows of the one table in `broker-options.ts`. */
import { klass, long, password, string } from '@moldau/base'

const noSecurity = 'authentication and authorization are not there yet'

/** Who may do what: the authorizer, principals, delegation tokens. */
export const securityOptions = {
  'authorizer.class.name': string({
    default: '',
    importance: 'LOW',
    doc: 'Authorizer that checks requests; empty for none.',
    unused: noSecurity,
  }),
  'principal.builder.class': klass({
    default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    dynamic: 'per-broker',
    doc: 'Class that names the principal of a connection.',
    unused: noSecurity,
  }),
  'security.providers': string({
    default: null,
    importance: 'LOW',
    doc: 'Java security providers to add.',
    unused: noSecurity,
  }),
  'delegation.token.expiry.check.interval.ms': long({
    default: 3_600_000,
    min: 1,
    importance: 'LOW',
    doc: 'Time between looks for expired delegation tokens, in milliseconds.',
    unused: noSecurity,
  }),
  'delegation.token.expiry.time.ms': long({
    default: 86_400_000,
    min: 1,
    doc: 'A delegation token that is not renewed ends after so long, in milliseconds.',
    unused: noSecurity,
  }),
  'delegation.token.max.lifetime.ms': long({
    default: 604_800_000,
    min: 1,
    doc: 'Longest life of a delegation token, in milliseconds.',
    unused: noSecurity,
  }),
  'delegation.token.secret.key': password({
    default: null,
    doc: 'Secret that delegation tokens are signed with; the same on all nodes.',
    unused: noSecurity,
  }),
}
