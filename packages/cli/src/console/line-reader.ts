/**
 * How the console producer reads a line: `headers<TAB>key<TAB>value` with Kafka's LineMessageReader's properties, each
 * part only if asked for.
 */

/** A line that does not fit; the message is Kafka's. */
export class LineError extends Error {}

/** What a line says. */
export interface ParsedLine {
  readonly headers: { key: string; value: Buffer | null }[]
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** Gives the parser of these properties. @throws LineError for separators that cannot be told apart */
export function lineParser(
  properties: ReadonlyMap<string, string>,
): (line: string, lineNumber: number) => ParsedLine {
  const isOn = (name: string): boolean => properties.get(name)?.trim().toLowerCase() === 'true'
  const layout: Layout = {
    hasKey: isOn('parse.key'),
    hasHeaders: isOn('parse.headers'),
    isLenient: isOn('ignore.error'),
    keySeparator: properties.get('key.separator') ?? '\t',
    headersDelimiter: properties.get('headers.delimiter') ?? '\t',
    headersSeparator: properties.get('headers.separator') ?? ',',
    headersKeySeparator: properties.get('headers.key.separator') ?? ':',
    nullMarker: properties.get('null.marker'),
  }
  checkLayout(layout)
  return (line, lineNumber) => parse(layout, line, lineNumber)
}

interface Layout {
  readonly hasKey: boolean
  readonly hasHeaders: boolean
  /** Missing parts are left out instead of refused. */
  readonly isLenient: boolean
  readonly keySeparator: string
  readonly headersDelimiter: string
  readonly headersSeparator: string
  readonly headersKeySeparator: string
  readonly nullMarker: string | undefined
}

function checkLayout(layout: Layout): void {
  const differ = (a: string | undefined, aName: string, b: string, bName: string): void => {
    if (a === b) throw new LineError(`${aName} and ${bName} may not be equal`)
  }
  const { headersDelimiter, headersSeparator, headersKeySeparator, keySeparator, nullMarker } =
    layout
  differ(headersDelimiter, 'headers.delimiter', headersSeparator, 'headers.separator')
  differ(headersDelimiter, 'headers.delimiter', headersKeySeparator, 'headers.key.separator')
  differ(headersSeparator, 'headers.separator', headersKeySeparator, 'headers.key.separator')
  differ(nullMarker, 'null.marker', keySeparator, 'key.separator')
  differ(nullMarker, 'null.marker', headersSeparator, 'headers.separator')
  differ(nullMarker, 'null.marker', headersDelimiter, 'headers.delimiter')
  differ(nullMarker, 'null.marker', headersKeySeparator, 'headers.key.separator')
}

function parse(layout: Layout, line: string, lineNumber: number): ParsedLine {
  let start = 0
  const take = (separator: string, name: string): string | undefined => {
    const end = line.indexOf(separator, start)
    if (end >= 0) {
      const part = line.slice(start, end)
      start = end + separator.length
      return part
    }
    if (layout.isLenient) return undefined
    throw new LineError(`No ${name} found on line number ${lineNumber}: '${line}'`)
  }
  const orNull = (text: string | undefined): Buffer | null =>
    text === undefined || text === layout.nullMarker ? null : Buffer.from(text)
  const headers = layout.hasHeaders ? take(layout.headersDelimiter, 'headers delimiter') : undefined
  const key = layout.hasKey ? take(layout.keySeparator, 'key separator') : undefined
  return {
    headers:
      headers === undefined || headers === layout.nullMarker
        ? []
        : headers.split(layout.headersSeparator).map(pair => {
            const { name, value } = parseHeader(layout, pair, lineNumber)
            return { key: name, value: orNull(value) }
          }),
    key: orNull(key),
    value: orNull(line.slice(start)),
  }
}

function parseHeader(
  layout: Layout,
  pair: string,
  lineNumber: number,
): { name: string; value: string | undefined } {
  const at = pair.indexOf(layout.headersKeySeparator)
  if (at < 0 && !layout.isLenient)
    throw new LineError(
      `No header key separator found in pair '${pair}' on line number ${lineNumber}`,
    )
  const name = at < 0 ? pair : pair.slice(0, at)
  if (name === layout.nullMarker)
    throw new LineError(
      `Header keys should not be equal to the null marker '${layout.nullMarker}' as they can't be null`,
    )
  return { name, value: at < 0 ? undefined : pair.slice(at + layout.headersKeySeparator.length) }
}
