/**
 * `listeners` and its relatives, read into one list: where this node listens, in which security protocol, what it
 * tells clients, and which listeners are the controllers'. Reports problems in words instead of throwing.
 */
import type { ConfigProblem } from '@moldau/base'

/** What the settings say, as text; empty or undefined where unset. */
export interface ListenerSettings {
  readonly listeners: readonly string[]
  readonly advertisedListeners: readonly string[] | undefined
  /** `NAME:PROTOCOL` pairs, separated by commas. */
  readonly protocolMap: string
  /** Whether the user wrote the map: the default one also covers the controllers' listeners. */
  readonly isProtocolMapSet: boolean
  readonly controllerListenerNames: readonly string[]
  readonly interBrokerListenerName: string | undefined
  readonly interBrokerProtocol: string
}

/** One listener. */
export interface ConfiguredListener {
  readonly name: string
  /** Empty for all interfaces. */
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly securityProtocol: SecurityProtocol
  /** What clients are told; undefined for the address that is listened on. */
  readonly advertised: { readonly host: string; readonly port: number } | undefined
  readonly isController: boolean
}

/** Kafka's security protocols, with their numbers on the wire. */
export const SecurityProtocols = { PLAINTEXT: 0, SSL: 1, SASL_PLAINTEXT: 2, SASL_SSL: 3 } as const

/** Name of a security protocol. */
type SecurityProtocol = keyof typeof SecurityProtocols

/** What came of the settings. */
export interface ListenerPlan {
  readonly listeners: readonly ConfiguredListener[]
  readonly interBrokerListenerName: string
  readonly problems: readonly ConfigProblem[]
}

/** Reads the settings; with problems, the list holds what could be read. */
export function planListeners(settings: ListenerSettings): ListenerPlan {
  const problems: ConfigProblem[] = []
  const complain = (key: string) => (message: string) => void problems.push({ key, message })
  const controllers = new Set(settings.controllerListenerNames.map(name => name.toUpperCase()))
  const addresses = readAddresses(settings.listeners, complain('listeners'))
  const advertised = readAddresses(
    settings.advertisedListeners ?? [],
    complain('advertised.listeners'),
  )
  checkPorts(addresses, complain('listeners'))
  checkAdvertised(addresses, advertised, controllers, complain('advertised.listeners'))
  const protocols = readProtocolMap(
    settings,
    controllers,
    complain('listener.security.protocol.map'),
  )
  const listeners = [...addresses.values()].flatMap(({ name, host, port }) => {
    const securityProtocol = protocols.get(name)
    if (securityProtocol === undefined) {
      complain('listener.security.protocol.map')(`names no security protocol for listener ${name}`)
      return []
    }
    const isController = controllers.has(name)
    return [{ name, host, port, securityProtocol, isController, advertised: advertised.get(name) }]
  })
  const interBrokerListenerName = interBroker(settings, listeners, complain)
  return { listeners, interBrokerListenerName, problems }
}

interface Address {
  readonly name: string
  readonly host: string
  readonly port: number
}

type Complain = (message: string) => void

const ADDRESS = /^([^:/]+):\/\/(\[[0-9a-fA-F:.%]+\]|[^:[\]]*):(-?\d+)$/

function readAddresses(texts: readonly string[], complain: Complain): Map<string, Address> {
  const addresses = new Map<string, Address>()
  for (const text of texts) {
    const match = ADDRESS.exec(text)
    if (match === null) {
      complain(`'${text}' is not of the form NAME://host:port`)
      continue
    }
    const [, rawName = '', rawHost = '', rawPort = ''] = match
    const name = rawName.toUpperCase()
    const port = Number(rawPort)
    if (port < 0 || port > 65535) complain(`port ${port} of '${text}' is not within 0 to 65535`)
    else if (addresses.has(name)) complain(`names listener ${name} twice`)
    else addresses.set(name, { name, host: rawHost.replace(/^\[|\]$/g, ''), port })
  }
  return addresses
}

function checkPorts(addresses: ReadonlyMap<string, Address>, complain: Complain): void {
  const seen = new Map<string, string>()
  for (const { name, host, port } of addresses.values()) {
    // An IPv4 and an IPv6 address may share a port.
    const key = `${host.includes(':') ? 'IPv6' : 'IPv4'} ${port}`
    const other = port === 0 ? undefined : seen.get(key)
    if (other !== undefined) complain(`gives port ${port} to both ${other} and ${name}`)
    seen.set(key, name)
  }
}

function checkAdvertised(
  addresses: ReadonlyMap<string, Address>,
  advertised: ReadonlyMap<string, Address>,
  controllers: ReadonlySet<string>,
  complain: Complain,
): void {
  for (const { name, host } of advertised.values()) {
    if (host === '0.0.0.0' || host === '::') {
      complain(`tells clients to use ${host}, which leads nowhere; name an address they can reach`)
    }
    if (!addresses.has(name)) complain(`has ${name}, which is not among listeners`)
  }
  for (const { name, host } of addresses.values()) {
    const isTold = advertised.has(name) || controllers.has(name)
    if (!isTold && (host === '0.0.0.0' || host === '::')) {
      complain(
        `must say what clients of ${name} shall use, since ${host} leads nowhere; for example ${name}://localhost:9092`,
      )
    }
  }
}

function readProtocolMap(
  settings: ListenerSettings,
  controllers: ReadonlySet<string>,
  complain: Complain,
): Map<string, SecurityProtocol> {
  const protocols = new Map<string, SecurityProtocol>()
  for (const pair of settings.protocolMap.split(',')) {
    const text = pair.trim()
    if (text === '') continue
    const colon = text.lastIndexOf(':')
    const protocol = text.slice(colon + 1).toUpperCase()
    if (colon <= 0 || !isSecurityProtocol(protocol)) {
      complain(
        `'${text}' is not NAME:PROTOCOL with one of ${Object.keys(SecurityProtocols).join(', ')}`,
      )
    } else protocols.set(text.slice(0, colon).toUpperCase(), protocol)
  }
  // As Kafka: without a map of the user's own, the controllers' listeners are plain text.
  if (!settings.isProtocolMapSet) {
    for (const name of controllers) if (!protocols.has(name)) protocols.set(name, 'PLAINTEXT')
  }
  return protocols
}

function isSecurityProtocol(name: string): name is SecurityProtocol {
  return Object.hasOwn(SecurityProtocols, name)
}

function interBroker(
  settings: ListenerSettings,
  listeners: readonly ConfiguredListener[],
  complain: (key: string) => Complain,
): string {
  const forClients = listeners.filter(listener => !listener.isController)
  const wanted = settings.interBrokerListenerName?.toUpperCase()
  if (wanted !== undefined) {
    if (!forClients.some(listener => listener.name === wanted)) {
      complain('inter.broker.listener.name')(`names ${wanted}, which is not among listeners`)
    }
    return wanted
  }
  const fitting =
    forClients.find(listener => listener.name === settings.interBrokerProtocol) ??
    forClients.find(listener => listener.securityProtocol === settings.interBrokerProtocol)
  return fitting?.name ?? forClients[0]?.name ?? settings.interBrokerProtocol
}
