/** TLS of listeners. Rows of the one table in `broker-options.ts`. */
import { boolean, klass, list, password, string } from '@moldau/base'

const noTls = 'TLS is not there yet'

/** TLS of listeners. */
export const tlsOptions = {
  'ssl.allow.dn.changes': boolean({
    default: false,
    importance: 'LOW',
    doc: 'Whether a new certificate may carry another distinguished name.',
    unused: noTls,
  }),
  'ssl.allow.san.changes': boolean({
    default: false,
    importance: 'LOW',
    doc: 'Whether a new certificate may drop alternative names.',
    unused: noTls,
  }),
  'ssl.cipher.suites': list({
    default: [],
    dynamic: 'per-broker',
    doc: 'Cipher suites that are allowed; empty for the defaults.',
    unused: noTls,
  }),
  'ssl.client.auth': string({
    default: 'none',
    oneOf: ['required', 'requested', 'none'],
    dynamic: 'per-broker',
    doc: 'Whether clients must show a certificate.',
    unused: noTls,
  }),
  'ssl.enabled.protocols': list({
    default: ['TLSv1.2', 'TLSv1.3'],
    dynamic: 'per-broker',
    doc: 'TLS versions that are allowed.',
    unused: noTls,
  }),
  'ssl.endpoint.identification.algorithm': string({
    default: 'https',
    importance: 'LOW',
    dynamic: 'per-broker',
    doc: 'How the host name of a server is checked; empty for not at all.',
    unused: noTls,
  }),
  'ssl.engine.factory.class': klass({
    default: null,
    importance: 'LOW',
    dynamic: 'per-broker',
    doc: 'Class that makes TLS engines.',
    unused: noTls,
  }),
  'ssl.key.password': password({
    default: null,
    dynamic: 'per-broker',
    doc: 'Password of the private key.',
    unused: noTls,
  }),
  'ssl.keymanager.algorithm': string({
    default: 'SunX509',
    dynamic: 'per-broker',
    doc: "Algorithm of Java's key manager.",
    unused: noTls,
  }),
  'ssl.keystore.certificate.chain': password({
    default: null,
    dynamic: 'per-broker',
    doc: 'Certificate chain as PEM text.',
    unused: noTls,
  }),
  'ssl.keystore.key': password({
    default: null,
    dynamic: 'per-broker',
    doc: 'Private key as PEM text.',
    unused: noTls,
  }),
  'ssl.keystore.location': string({
    default: null,
    dynamic: 'per-broker',
    doc: 'File of the key and its certificates.',
    unused: noTls,
  }),
  'ssl.keystore.password': password({
    default: null,
    dynamic: 'per-broker',
    doc: 'Password of the key file.',
    unused: noTls,
  }),
  'ssl.keystore.type': string({
    default: 'JKS',
    dynamic: 'per-broker',
    doc: 'Format of the key file: PEM, PKCS12 or JKS.',
    unused: noTls,
  }),
  'ssl.principal.mapping.rules': string({
    default: 'DEFAULT',
    importance: 'LOW',
    doc: 'Rules that make a principal out of a distinguished name.',
    unused: noTls,
  }),
  'ssl.protocol': string({
    default: 'TLSv1.3',
    dynamic: 'per-broker',
    doc: 'TLS version to start with.',
    unused: noTls,
  }),
  'ssl.provider': string({
    default: null,
    dynamic: 'per-broker',
    doc: "Java's security provider.",
    unused: noTls,
  }),
  'ssl.secure.random.implementation': string({
    default: null,
    importance: 'LOW',
    dynamic: 'per-broker',
    doc: "Java's source of random numbers.",
    unused: noTls,
  }),
  'ssl.trustmanager.algorithm': string({
    default: 'PKIX',
    dynamic: 'per-broker',
    doc: "Algorithm of Java's trust manager.",
    unused: noTls,
  }),
  'ssl.truststore.certificates': password({
    default: null,
    dynamic: 'per-broker',
    doc: 'Trusted certificates as PEM text.',
    unused: noTls,
  }),
  'ssl.truststore.location': string({
    default: null,
    dynamic: 'per-broker',
    doc: 'File of the trusted certificates.',
    unused: noTls,
  }),
  'ssl.truststore.password': password({
    default: null,
    dynamic: 'per-broker',
    doc: 'Password of the file of trusted certificates.',
    unused: noTls,
  }),
  'ssl.truststore.type': string({
    default: 'JKS',
    dynamic: 'per-broker',
    doc: 'Format of the file of trusted certificates: PEM, PKCS12 or JKS.',
    unused: noTls,
  }),
}
