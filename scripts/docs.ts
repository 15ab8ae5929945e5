/**
 * Writes docs/reference from the tables in the source: settings, APIs, errors. `--check` writes nothing and fails when
 * a page is not what it would write.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Option } from '@moldau/base'
import { topicOptions } from '@moldau/log'
import { Apis, ErrorCode, errorMessage, isRetriable, type ErrorName } from '@moldau/protocol'
import { servedApis } from '../packages/broker/src/apis/index.ts'
import { unserved } from '../packages/broker/src/apis/unserved.ts'
import { brokerOptions } from '../packages/broker/src/config.ts'
import {
  clientMetricsOptions,
  groupOptions,
} from '../packages/broker/src/config/resource-options.ts'
import { builtInProperties } from '../packages/broker/src/config/server-properties.ts'
import { formatValue } from '../packages/broker/src/config/values.ts'

type Rows = Readonly<Record<string, Option<unknown>>>

const folder = new URL('../docs/reference/', import.meta.url)

const generated = '<!-- Written by scripts/docs.ts from the source: change the rows there. -->\n\n'

const pages: Readonly<Record<string, string>> = {
  'apis.md': apisPage(),
  'configs.md': configsPage(),
  'errors.md': errorsPage(),
}

if (process.argv.includes('--check')) {
  const stale = Object.keys(pages).filter(name => read(name) !== pages[name])
  for (const name of stale) console.error(`docs/reference/${name} is stale: run npm run docs`)
  if (stale.length > 0) process.exit(1)
  console.log('docs: fresh')
} else {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(pages)) writeFileSync(new URL(name, folder), text)
  console.log(`docs: ${Object.keys(pages).join(', ')} written`)
}

function read(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), 'utf8')
  } catch {
    return undefined
  }
}

function configsPage(): string {
  const builtIn = builtInProperties.map(({ key }) => code(key)).join(', ')
  return `${generated}# Settings

The names are Apache Kafka's. "Changes" says whether a setting can be changed while the broker runs: for one broker, for
the whole cluster, or only in server.properties (blank). A setting marked *no effect* is read, so that a file made for
Kafka starts, and tells why at the start. A config of Moldau, which Kafka does not have, is told to clients that ask for all
settings only where it is set, so that they see what Kafka would show; asked for by name, it is always told.

Without a server.properties a node starts on loopback, with its data in the folder where it was started. The defaults of
${builtIn}
are built in for that: clients are told of them as if they were written, and of Kafka's own default behind them.

## Broker

${configTable(brokerOptions)}
## Topic

A topic's setting is taken from the topic, then from the broker by the name given, in this order.

${configTable(topicOptions)}
## Group

${configTable(groupOptions)}
## Client metrics subscription

${configTable(clientMetricsOptions)}`
}

function configTable(rows: Rows): string {
  const lines = Object.entries(rows)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) =>
      tableRow(
        code(name),
        row.type.toLowerCase(),
        code(defaultText(name, row)),
        code(row.validValues),
        row.dynamic === 'read-only' ? '' : row.dynamic,
        meaning(row),
      ),
    )
  return table(['name', 'type', 'default', 'valid', 'changes', 'meaning'], lines)
}

function defaultText(name: string, row: Option<unknown>): string {
  const builtIn = builtInProperties.find(({ key, otherName }) => key === name || otherName === name)
  const text = builtIn?.value ?? formatValue(row, row.default)
  return text === null ? 'null' : text
}

function meaning(row: Option<unknown>): string {
  const synonyms = row.synonyms.map(synonym => code(synonym.name)).join(', ')
  return [
    row.doc,
    synonyms === '' ? '' : `Broker: ${synonyms}.`,
    row.unused === undefined ? '' : `*No effect: ${row.unused}.*`,
  ]
    .filter(part => part !== '')
    .join(' ')
}

function apisPage(): string {
  const served = new Map(servedApis.map(({ api, versions }) => [api.name, versions]))
  const reasons: Readonly<Record<string, string | undefined>> = unserved
  const rows = Object.values(Apis)
    .sort((a, b) => a.key - b.key)
    .map(({ key, name, versions }) =>
      tableRow(
        String(key),
        name,
        versionsText(versions),
        versionsText(served.get(name)),
        served.has(name) ? '' : (reasons[name] ?? ''),
      ),
    )
  return `${generated}# APIs

Every API of Kafka 4.3.1, and the versions that a Moldau broker serves.

${table(['key', 'name', 'Kafka 4.3.1', 'Moldau', 'not served, because'], rows)}`
}

function versionsText(versions: readonly [number, number] | undefined): string {
  if (versions === undefined) return ''
  const [low, high] = versions
  return low === high ? String(low) : `${low}–${high}`
}

function errorsPage(): string {
  const rows = (Object.entries(ErrorCode) as [ErrorName, number][])
    .sort(([, a], [, b]) => a - b)
    .map(([name, number]) =>
      tableRow(String(number), name, isRetriable(name) ? 'yes' : '', errorMessage(name)),
    )
  return `${generated}# Errors

The errors of the protocol. A client may repeat the request after those that are retriable.

${table(['code', 'name', 'retriable', 'text'], rows)}`
}

function table(columns: readonly string[], rows: readonly string[]): string {
  const rule = tableRow(...columns.map(() => '---'))
  return `${tableRow(...columns)}${rule}${rows.join('')}`
}

function tableRow(...cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}
