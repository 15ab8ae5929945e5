/** What to print for a failed call: Kafka's message, and on standard error what to do about it. */
import { isKafkaError, type Kafka, type KafkaError } from '@moldau/client'

/** A failure in two parts. */
export interface Explained {
  readonly message: string
  readonly hint: string | undefined
}

/**
 * Asks the cluster for an answer, without waiting for a broker to appear: who mistyped an address should know at once.
 * @throws KafkaError CONNECTION
 */
export async function reach(kafka: Kafka): Promise<void> {
  await using admin = kafka.admin()
  try {
    await admin.describeCluster({ timeoutMs: 0 })
  } catch (error) {
    // Only whether somebody answers counts: old brokers do not know the call, others may forbid it.
    if (isKafkaError(error) && (error.code === 'CONNECTION' || error.code === 'TIMEOUT'))
      throw error
  }
}

/** `subject` picks the failure of one topic out of a plural call. */
export function explain(error: unknown, servers: string, subject?: string): Explained {
  if (!isKafkaError(error))
    return { message: error instanceof Error ? error.message : String(error), hint: hintOf(error) }
  const result = subject === undefined ? firstFailure(error) : error.results?.get(subject)
  const failure = isKafkaError(result) ? result : error
  if (failure.code === 'CONNECTION') return explainConnection(failure, servers)
  const { hint, message } = failure
  const suffix = ` (hint: ${hint})`
  return { message: message.endsWith(suffix) ? message.slice(0, -suffix.length) : message, hint }
}

function firstFailure(error: KafkaError): unknown {
  return error.results?.values().find(isKafkaError)
}

function explainConnection(error: KafkaError, servers: string): Explained {
  const broker = error.broker ?? servers
  const code = systemCode(error)
  const reason = code === undefined ? undefined : reasons[code]
  const message = `Cannot reach ${broker}${reason === undefined ? '' : ` (${reason})`}`
  const isNamed = servers.split(',').some(server => server.trim() === broker)
  if (!isNamed)
    return {
      message,
      hint: `The cluster tells its clients to use ${broker}, which is not what --bootstrap-server names: ${servers}. Set advertised.listeners of the broker to an address that works from here.`,
    }
  const hint =
    code === 'ECONNREFUSED'
      ? 'Nothing listens there. Start a broker with `npm start`, or name another with --bootstrap-server HOST:PORT.'
      : 'Is the broker running, and is this its address? Name another with --bootstrap-server HOST:PORT.'
  return { message: reason === undefined ? plain(error) : message, hint }
}

function plain(error: KafkaError): string {
  return error.message.replace(/ \(hint: .*\)$/s, '')
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'the connection was cut',
}

/** The system's code, somewhere below the error. */
function systemCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at !== error && 'code' in at && typeof at.code === 'string' && at.code in reasons)
      return at.code
  return undefined
}

function hintOf(error: unknown): string | undefined {
  return error instanceof Error && 'hint' in error ? String(error.hint) : undefined
}
