/** SASL with OAuth bearer tokens. Rows of the one table in `broker-options.ts`. */
import { boolean, int, klass, list, long, password, string } from '@moldau/base'

const noSecurity = 'authentication and authorization are not there yet'

/** SASL with OAuth bearer tokens. */
export const oauthOptions = {
  'sasl.oauthbearer.assertion.algorithm': string({
    default: 'RS256',
    doc: 'Algorithm that assertions are signed with.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.claim.aud': string({
    default: null,
    doc: 'Audience claim of assertions.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.claim.exp.seconds': int({
    default: 300,
    min: 0,
    max: 86_400,
    importance: 'LOW',
    doc: 'Life of an assertion in seconds.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.claim.iss': string({
    default: null,
    doc: 'Issuer claim of assertions.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.claim.jti.include': boolean({
    default: false,
    doc: 'Whether assertions carry an id.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.claim.nbf.seconds': int({
    default: 60,
    min: 0,
    max: 3600,
    importance: 'LOW',
    doc: 'Seconds that an assertion is valid before it was made.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.claim.sub': string({
    default: null,
    doc: 'Subject claim of assertions.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.file': string({
    default: null,
    doc: 'File with a ready assertion.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.private.key.file': string({
    default: null,
    doc: 'File with the key that signs assertions.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.private.key.passphrase': password({
    default: null,
    doc: 'Passphrase of the key that signs assertions.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.assertion.template.file': string({
    default: null,
    doc: 'File with further claims of assertions.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.client.credentials.client.id': string({
    default: null,
    doc: 'Client id for the client credentials grant.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.client.credentials.client.secret': password({
    default: null,
    doc: 'Client secret for the client credentials grant.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.clock.skew.seconds': int({
    default: 30,
    importance: 'LOW',
    doc: 'Difference of clocks that is tolerated, in seconds.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.expected.audience': list({
    default: [],
    importance: 'HIGH',
    doc: 'Audiences of which a token must name one.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.expected.issuer': string({
    default: null,
    importance: 'HIGH',
    doc: 'Issuer that a token must name.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.jwks.endpoint.refresh.ms': long({
    default: 3_600_000,
    importance: 'LOW',
    doc: "Time between reads of the issuer's keys, in milliseconds.",
    unused: noSecurity,
  }),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms': long({
    default: 10_000,
    importance: 'LOW',
    doc: "Longest wait between tries to read the issuer's keys, in milliseconds.",
    unused: noSecurity,
  }),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.ms': long({
    default: 100,
    importance: 'LOW',
    doc: "First wait between tries to read the issuer's keys, in milliseconds.",
    unused: noSecurity,
  }),
  'sasl.oauthbearer.jwks.endpoint.url': string({
    default: null,
    doc: "Where the issuer's keys are.",
    unused: noSecurity,
  }),
  'sasl.oauthbearer.jwt.retriever.class': klass({
    default: 'org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever',
    doc: 'Class that gets tokens.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.jwt.validator.class': klass({
    default: 'org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator',
    doc: 'Class that checks tokens.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.scope': string({
    default: null,
    doc: 'Scope that is asked for.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.scope.claim.name': string({
    default: 'scope',
    importance: 'LOW',
    doc: 'Name of the claim that holds the scope.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.sub.claim.name': string({
    default: 'sub',
    importance: 'LOW',
    doc: 'Name of the claim that holds the subject.',
    unused: noSecurity,
  }),
  'sasl.oauthbearer.token.endpoint.url': string({
    default: null,
    doc: 'Where tokens come from.',
    unused: noSecurity,
  }),
}
