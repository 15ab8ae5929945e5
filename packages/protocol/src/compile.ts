/**
 * Turns the fields of a message into code for one version: two functions per struct, without a loop over fields and
 * without a test of versions. Kafka's rules: fields come in order; flexible versions end each struct with a section of
 * tagged fields; a field that a version does not have holds its default when read, and must hold it when written
 * unless it is ignorable.
 */
import type { Reader, Writer } from '@moldau/base'
import type { FieldFacts, Fields, Scalar, Type } from './schema.ts'
import * as wire from './wire.ts'

/** The functions of one version of a message. */
export interface Codec<Out, In> {
  readonly read: (reader: Reader) => Out
  readonly write: (writer: Writer, value: In) => void
}

/** The same as generators: they yield now and then, so that a large message does not keep others waiting. */
export interface SteppedCodec<Out, In> {
  readonly read: (reader: Reader) => Generator<undefined, Out>
  readonly write: (writer: Writer, value: In) => Generator<undefined, void>
}

/** Elements of an array between two steps: a power of two. */
const ELEMENTS_PER_STEP = 128

/** Compiles the codec of `version`. Stack traces name it `codec/FetchResponse.v17.js`. */
export function compile(
  name: string,
  fields: Fields,
  version: number,
  isFlexible: boolean,
): Codec<unknown, unknown> {
  return compiled(name, fields, new CodeGenerator(version, isFlexible, false), version) as never
}

/** Compiles the codec that works in steps. */
export function compileStepped(
  name: string,
  fields: Fields,
  version: number,
  isFlexible: boolean,
): SteppedCodec<unknown, unknown> {
  return compiled(name, fields, new CodeGenerator(version, isFlexible, true), version) as never
}

function compiled(
  name: string,
  fields: Fields,
  generator: CodeGenerator,
  version: number,
): unknown {
  const index = generator.struct(fields, name)
  const source = [
    `'use strict'`,
    `const { ${Object.keys(wire).join(', ')} } = wire`,
    ...generator.functions,
    `return { read: read${index}, write: write${index} }`,
    `//# sourceURL=codec/${name}.v${version}.js`,
  ].join('\n')
  // The source is made of the schemas in this package; nothing from outside gets into it.
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function('wire', source) as (runtime: typeof wire) => unknown
  return make(wire)
}

/** Bytes of scalars that have a fixed size. */
const sizes: Readonly<Partial<Record<Scalar, number>>> = {
  boolean: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
}

/** A field as the generator sees it. */
interface Row {
  readonly key: string
  readonly path: string
  readonly facts: FieldFacts
  readonly isPresent: boolean
  readonly isNullable: boolean
  readonly isCompact: boolean
}

class CodeGenerator {
  readonly functions: string[] = []
  readonly #version: number
  readonly #isFlexible: boolean
  /** Functions are generators, and arrays are read and written in steps. */
  readonly #isStepped: boolean
  readonly #indexes = new Map<Fields, number>()
  readonly #minSizes = new Map<Fields, number>()

  constructor(version: number, isFlexible: boolean, isStepped: boolean) {
    this.#version = version
    this.#isFlexible = isFlexible
    this.#isStepped = isStepped
  }

  /** The number of a struct's functions, which are made at the first call. */
  struct(fields: Fields, path: string): number {
    const known = this.#indexes.get(fields)
    if (known !== undefined) return known
    const index = this.#indexes.size
    this.#indexes.set(fields, index)
    const rows = this.#rows(fields, path)
    this.functions.push(
      this.#reader(index, rows, path),
      this.#writer(index, rows),
      this.#empty(index, rows),
      this.#isEmpty(index, rows),
    )
    return index
  }

  get #star(): string {
    return this.#isStepped ? '*' : ''
  }

  /** Where a loop over an array rests. */
  get #step(): string {
    return this.#isStepped
      ? ` if ((i & ${ELEMENTS_PER_STEP - 1}) === ${ELEMENTS_PER_STEP - 1}) yield;`
      : ''
  }

  #call(call: string): string {
    return this.#isStepped ? `yield* ${call}` : call
  }

  #rows(fields: Fields, path: string): Row[] {
    const version = this.#version
    return Object.entries(fields).map(([key, { facts }]) => {
      const isTagged = facts.tag !== undefined
      const { nullable } = facts
      return {
        key,
        path: `${path}.${key}`,
        facts,
        isPresent:
          version >= facts.since && version <= facts.until && (!isTagged || this.#isFlexible),
        isNullable: nullable !== undefined && version >= nullable[0] && version <= nullable[1],
        isCompact: this.#isFlexible && !facts.isInflexible,
      }
    })
  }

  #reader(index: number, rows: Row[], path: string): string {
    const lines = [`function${this.#star} read${index}(r) {`]
    for (const row of rows)
      if (row.isPresent && row.facts.tag === undefined)
        lines.push(...this.#readInto(row, `let _${row.key}`))
      else lines.push(`let _${row.key} = ${this.#default(row)}`)
    if (this.#isFlexible) lines.push(...this.#readTags(rows, path))
    lines.push(`const m = { ${rows.map(({ key }) => `${key}: _${key}`).join(', ')} }`)
    if (this.#isFlexible) lines.push('if (unknown !== undefined) m.unknownTags = unknown')
    lines.push('return m', '}')
    return lines.join('\n')
  }

  #readTags(rows: Row[], path: string): string[] {
    const lines = [
      'let unknown',
      'for (let n = r.unsignedVarint() | 0; n > 0; n--) {',
      'const tag = r.unsignedVarint(), size = r.unsignedVarint()',
      'switch (tag) {',
    ]
    // As Kafka's classes: the size is believed of unknown tags only, and a tag of other versions is refused.
    for (const row of rows) {
      const { tag } = row.facts
      if (tag === undefined) continue
      if (row.isPresent)
        lines.push(`case ${tag}: {`, ...this.#readInto(row, `_${row.key}`), 'break }')
      else lines.push(`case ${tag}: tagOfOtherVersion(${JSON.stringify(path)}, ${tag})`)
    }
    lines.push('default: (unknown ??= []).push({ tag, bytes: r.bytes(size) })', '}', '}')
    return lines
  }

  /** Statements that read a field; `target` is the left side of an assignment or a declaration. */
  #readInto({ facts, path, isNullable, isCompact }: Row, target: string): string[] {
    const { type } = facts
    const absent = `absent(${JSON.stringify(path)})`
    const orAbsent = isNullable ? '' : ` ?? ${absent}`
    if (typeof type === 'string') {
      const read = scalarReader(type, isCompact)
      return [`${target} = ${read}${hasLength(type) ? orAbsent : ''}`]
    }
    if ('struct' in type) {
      const read = this.#call(`read${this.struct(type.struct, path)}(r)`)
      const isNull = facts.tag === undefined ? 'r.int8() < 0' : '(r.unsignedVarint() | 0) <= 0'
      return [`${target} = ${isNullable ? `${isNull} ? null : ${read}` : read}`]
    }
    const name = target.replace(/^let /, '')
    const count = `n${name}`
    const minSize = Math.max(1, this.#minSize(type.array))
    const lines = [
      `${target} = null`,
      `const ${count} = ${isCompact ? 'readCompactCount' : 'readCount'}(r, ${minSize})`,
    ]
    if (!isNullable) lines.push(`if (${count} < 0) ${absent}`)
    lines.push(
      `if (${count} >= 0) {`,
      `${name} = []`,
      `for (let i = 0; i < ${count}; i++) {${this.#step} ${name}.push(${this.#readElement(type.array, path)}) }`,
      '}',
    )
    return lines
  }

  #readElement(type: Type, path: string): string {
    if (typeof type === 'string') {
      const read = scalarReader(type, this.#isFlexible)
      return hasLength(type) ? `${read} ?? absent(${JSON.stringify(path)})` : read
    }
    if ('struct' in type) return this.#call(`read${this.struct(type.struct, path)}(r)`)
    throw new Error(`${path} is an array of arrays, which Kafka does not have`)
  }

  /** The fewest bytes that a value takes in this version. */
  #minSize(type: Type): number {
    if (typeof type !== 'string' && 'struct' in type) return this.#minStructSize(type.struct)
    if (typeof type === 'string' && sizes[type] !== undefined) return sizes[type]
    if (this.#isFlexible) return 1
    return type === 'string' ? 2 : 4
  }

  #minStructSize(fields: Fields): number {
    const known = this.#minSizes.get(fields)
    if (known !== undefined) return known
    let size = this.#isFlexible ? 1 : 0
    for (const { facts, isPresent, isNullable } of this.#rows(fields, '')) {
      if (!isPresent || facts.tag !== undefined) continue
      const isNullableStruct =
        isNullable && typeof facts.type !== 'string' && 'struct' in facts.type
      size += isNullableStruct ? 1 : this.#minSize(facts.type)
    }
    this.#minSizes.set(fields, size)
    return size
  }

  #writer(index: number, rows: Row[]): string {
    const lines = [`function${this.#star} write${index}(w, v) {`]
    for (const row of rows) {
      const { key, path, facts, isPresent, isNullable } = row
      if (isPresent || !facts.isIgnorable)
        lines.push(
          `let _${key} = v.${key}`,
          `if (_${key} === undefined) _${key} = ${this.#input(row)}`,
        )
      if (isPresent && !isNullable && !isFixed(facts.type))
        lines.push(`if (_${key} === null) missing(${JSON.stringify(path)})`)
      if (isPresent && facts.tag === undefined) lines.push(...this.#write(row))
      else if (!isPresent && !facts.isIgnorable)
        lines.push(
          `if (!(${this.#isDefault(row, `_${key}`)})) unsupported(${JSON.stringify(path)})`,
        )
    }
    if (this.#isFlexible) lines.push(...this.#writeTags(rows))
    lines.push('}')
    return lines.join('\n')
  }

  /** What stands for a value that is left out: required fields of a present version have nothing. */
  #input(row: Row): string {
    const { facts, isPresent, path } = row
    const isRequired =
      isPresent &&
      facts.defaultValue === undefined &&
      facts.tag === undefined &&
      facts.since === 0 &&
      facts.until === Infinity
    return isRequired ? `missing(${JSON.stringify(path)})` : this.#default(row)
  }

  #write({ key, path, facts, isNullable, isCompact }: Row): string[] {
    const { type } = facts
    const value = `_${key}`
    if (typeof type === 'string') return [scalarWriter(type, isCompact, value)]
    if ('struct' in type) {
      const write = this.#call(`write${this.struct(type.struct, path)}(w, ${value})`)
      if (!isNullable) return [write]
      // A byte -1 or 1 says if it is there. In a tag it is 0 or 1, as Kafka 4.3.1 writes it.
      const none = facts.tag === undefined ? -1 : 0
      return [`if (${value} === null) w.int8(${none}); else { w.int8(1); ${write} }`]
    }
    const count = isCompact ? 'w.unsignedVarint' : 'w.int32'
    const lines = isNullable
      ? [`if (${value} === null) ${count}(${isCompact ? 0 : -1}); else {`]
      : []
    lines.push(
      `${count}(${value}.length${isCompact ? ' + 1' : ''})`,
      `for (let i = 0; i < ${value}.length; i++) {${this.#step} ${this.#writeElement(type.array, path, `${value}[i]`)} }`,
    )
    if (isNullable) lines.push('}')
    return lines
  }

  #writeElement(type: Type, path: string, value: string): string {
    if (typeof type === 'string') {
      const checked = hasLength(type) ? `${value} ?? missing(${JSON.stringify(path)})` : value
      return scalarWriter(type, this.#isFlexible, checked)
    }
    if ('struct' in type) return this.#call(`write${this.struct(type.struct, path)}(w, ${value})`)
    throw new Error(`${path} is an array of arrays, which Kafka does not have`)
  }

  #writeTags(rows: Row[]): string[] {
    const tagged = taggedRows(rows)
    const lines = [
      'const unknown = v.unknownTags === undefined ? undefined : inOrder(v.unknownTags)',
      'let n = unknown === undefined ? 0 : unknown.length',
    ]
    for (const row of tagged)
      lines.push(
        `const has_${row.key} = !(${this.#isDefault(row, `_${row.key}`)})`,
        `if (has_${row.key}) n++`,
      )
    lines.push('w.unsignedVarint(n)', 'if (n === 0) return', 'let u = 0')
    for (const row of tagged) {
      const { tag } = row.facts
      lines.push(
        `if (has_${row.key}) {`,
        `if (unknown !== undefined) u = writeTagsBelow(w, unknown, u, ${tag})`,
        `const start = beginTag(w, ${tag})`,
        ...this.#write(row),
        'endTag(w, start)',
        '}',
      )
    }
    lines.push('if (unknown !== undefined) writeTagsBelow(w, unknown, u, Infinity)')
    return lines
  }

  #empty(index: number, rows: Row[]): string {
    const members = rows.map(row => `${row.key}: ${this.#default(row)}`)
    return `function empty${index}() { return { ${members.join(', ')} } }`
  }

  #isEmpty(index: number, rows: Row[]): string {
    const claims = rows.map(
      row => `(v.${row.key} === undefined || ${this.#isDefault(row, `v.${row.key}`)})`,
    )
    return `function isEmpty${index}(v) { return ${claims.join(' && ') || 'true'} }`
  }

  #default({ facts: { type, defaultValue }, path }: Row): string {
    if (defaultValue !== undefined) return JSON.stringify(defaultValue)
    if (typeof type !== 'string')
      return 'array' in type ? '[]' : `empty${this.struct(type.struct, path)}()`
    if (type === 'string') return `''`
    if (type === 'uuid') return JSON.stringify('A'.repeat(22))
    if (type === 'bytes' || type === 'records') return 'NO_BYTES'
    return type === 'boolean' ? 'false' : '0'
  }

  /** An expression that says if `value`, which is not undefined, is the default. */
  #isDefault(row: Row, value: string): string {
    const { type, defaultValue } = row.facts
    if (isFixed(type) || type === 'string' || defaultValue === null)
      return `${value} === ${this.#default(row)}`
    const isEmpty =
      typeof type === 'string' || 'array' in type
        ? `${value}.length === 0`
        : `isEmpty${this.struct(type.struct, row.path)}(${value})`
    return `${value} !== null && ${isEmpty}`
  }
}

function taggedRows(rows: Row[]): Row[] {
  return rows
    .filter(({ isPresent, facts }) => isPresent && facts.tag !== undefined)
    .toSorted((a, b) => Number(a.facts.tag) - Number(b.facts.tag))
}

function isFixed(type: Type): boolean {
  return typeof type === 'string' && sizes[type] !== undefined
}

function hasLength(type: Scalar): boolean {
  return sizes[type] === undefined
}

function scalarReader(type: Scalar, isCompact: boolean): string {
  if (type === 'uuid') return 'readUuid(r)'
  if (!hasLength(type)) return `r.${type}()`
  return `read${lengthForm(type, isCompact)}(r)`
}

function scalarWriter(type: Scalar, isCompact: boolean, value: string): string {
  if (type === 'uuid') return `writeUuid(w, ${value})`
  if (!hasLength(type)) return `w.${type}(${value})`
  return `write${lengthForm(type, isCompact)}(w, ${value})`
}

function lengthForm(type: Scalar, isCompact: boolean): string {
  return `${isCompact ? 'Compact' : ''}${type === 'string' ? 'String' : 'Bytes'}`
}
