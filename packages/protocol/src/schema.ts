/**
 * The language that Kafka's messages are written in here: a message is a name, its versions, the first flexible
 * version and its fields in wire order. Types of TypeScript follow from it; the codec of a version is compiled when
 * it is first used (compile.ts).
 */
import { DecodeError, Reader, Writer } from '@moldau/base'
import { compile, compileStepped, type Codec, type SteppedCodec } from './compile.ts'

/** First flexible version of a message that has none. */
export const never: number = Infinity

/** A tagged field that this schema does not know: kept as it came. */
export interface UnknownTag {
  readonly tag: number
  readonly bytes: Buffer
}

/** What the messages of flexible versions may carry beside their fields. */
interface WithUnknownTags {
  unknownTags?: readonly UnknownTag[] | undefined
}

/** Fields by name, in wire order. */
export type Fields = Readonly<Record<string, Field<unknown, unknown, boolean>>>

/** A decoded struct: every field is there. */
export type StructOf<F extends Fields> = { -readonly [K in keyof F]: F[K]['out'] } & WithUnknownTags

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K]['optional'] extends true ? K : never
}[keyof F]

/** A struct to encode: fields with a default may be left out. */
export type StructInput<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: F[K]['in']
} & { readonly [K in OptionalKeys<F>]?: F[K]['in'] | undefined } & Readonly<WithUnknownTags>

/** A decoded message of schema `M`. */
export type MessageOf<M> = M extends { readonly fields: infer F extends Fields }
  ? StructOf<F>
  : never

/** What schema `M` encodes. */
export type MessageInput<M> = M extends { readonly fields: infer F extends Fields }
  ? StructInput<F>
  : never

/** Types without parts. */
export type Scalar =
  | 'boolean'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'

/** What a field holds. */
export type Type = Scalar | { readonly array: Type } | { readonly struct: Fields }

/** All that is known of a field. Versions are inclusive. */
export interface FieldFacts {
  readonly type: Type
  readonly since: number
  readonly until: number
  /** May be null in these versions. */
  readonly nullable: readonly [number, number] | undefined
  /** Undefined: zero, false, empty. */
  readonly defaultValue: number | boolean | string | null | undefined
  readonly tag: number | undefined
  /** May be lost in silence where a version does not have it. */
  readonly isIgnorable: boolean
  /** Its value is met once in the array. */
  readonly isMapKey: boolean
  /** Kept in its old form in flexible versions. */
  readonly isInflexible: boolean
}

/** A field, or one on its way: each method gives a changed copy. */
export class Field<Out, In, Optional extends boolean> {
  declare readonly out: Out
  declare readonly in: In
  declare readonly optional: Optional
  readonly facts: FieldFacts

  constructor(facts: FieldFacts) {
    this.facts = facts
  }

  /** In versions from this one on. */
  since(version: number): Field<Out, In, true> {
    return new Field({ ...this.facts, since: version })
  }

  /** In versions up to and including this one. */
  until(version: number): Field<Out, In, true> {
    return new Field({ ...this.facts, until: version })
  }

  /** May be null in these versions. */
  nullable(from = 0, until: number = Infinity): Field<Out | null, In | null, Optional> {
    return new Field({ ...this.facts, nullable: [from, until] })
  }

  /** What it is where it is left out, and in versions without it. */
  default(value: In & (number | boolean | string | null)): Field<Out, In, true> {
    return new Field({ ...this.facts, defaultValue: value })
  }

  /** Is in the tag section, and only where it is not the default. */
  tagged(tag: number): Field<Out, In, true> {
    return new Field({ ...this.facts, tag })
  }

  /** May be lost in silence where a version does not have it; other fields must then hold their default. */
  ignorable(): Field<Out, In, Optional> {
    return new Field({ ...this.facts, isIgnorable: true })
  }

  /** Its value is met once in the array. */
  mapKey(): Field<Out, In, Optional> {
    return new Field({ ...this.facts, isMapKey: true })
  }

  /** Keeps its old form in flexible versions. */
  inflexible(): Field<Out, In, Optional> {
    return new Field({ ...this.facts, isInflexible: true })
  }
}

function field<Out, In = Out>(type: Type): Field<Out, In, false> {
  return new Field({
    type,
    since: 0,
    until: Infinity,
    nullable: undefined,
    defaultValue: undefined,
    tag: undefined,
    isIgnorable: false,
    isMapKey: false,
    isInflexible: false,
  })
}

export const boolean = field<boolean>('boolean')
export const int8 = field<number>('int8')
export const int16 = field<number>('int16')
export const uint16 = field<number>('uint16')
export const int32 = field<number>('int32')
export const uint32 = field<number>('uint32')
export const int64 = field<number>('int64')
export const float64 = field<number>('float64')
/** 22 characters of base64url. */
export const uuid = field<string>('uuid')
export const string = field<string>('string')
/** A decoded value is a view of the bytes that were decoded. */
export const bytes = field<Buffer>('bytes')
/** Record batches; a view as `bytes`. */
export const records = field<Buffer>('records')

/** A struct inside a message. */
export function struct<const F extends Fields>(
  fields: F,
): Field<StructOf<F>, StructInput<F>, false> {
  return field({ struct: fields })
}

/** An array of a scalar, of a struct made before, or of a struct with these fields. */
export function array<Out, In>(element: Field<Out, In, false>): Field<Out[], readonly In[], false>
export function array<const F extends Fields>(
  fields: F,
): Field<StructOf<F>[], readonly StructInput<F>[], false>
export function array(
  element: Field<unknown, unknown, false> | Fields,
): Field<unknown[], readonly unknown[], false> {
  return field({ array: element instanceof Field ? element.facts.type : { struct: element } })
}

/** A message and its codecs. */
export class Message<F extends Fields> {
  readonly name: string
  /** Lowest and highest version that Kafka knows, unstable ones too. */
  readonly versions: readonly [number, number]
  /** First version with compact types and tags; `never` if there is none. */
  readonly flexibleFrom: number
  readonly fields: F
  readonly #codecs: (Codec<StructOf<F>, StructInput<F>> | undefined)[] = []
  readonly #stepped: (SteppedCodec<StructOf<F>, StructInput<F>> | undefined)[] = []

  constructor(name: string, versions: readonly [number, number], flexibleFrom: number, fields: F) {
    this.name = name
    this.versions = versions
    this.flexibleFrom = flexibleFrom
    this.fields = fields
  }

  /** The message that fills `buffer`. Bytes in it are views. @throws DecodeError, also if bytes are left */
  decode(buffer: Buffer, version: number): StructOf<F> {
    const reader = new Reader(buffer)
    const value = this.read(reader, version)
    if (reader.remaining > 0)
      throw new DecodeError(
        `Cannot read ${this.name} v${version}: ${reader.remaining} bytes are left`,
      )
    return value
  }

  /** The message at the reader's place. Bytes in it are views. @throws DecodeError */
  read(reader: Reader, version: number): StructOf<F> {
    const codec = this.#codecs[version] ?? this.#compile(version)
    try {
      return codec.read(reader)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new DecodeError(`Cannot read ${this.name} v${version}: ${error.message}`, {
        cause: error,
      })
    }
  }

  /** @throws RangeError for a value that the type or the version does not have */
  encode(value: StructInput<F>, version: number): Buffer {
    const writer = new Writer()
    this.write(writer, value, version)
    return writer.finish()
  }

  /** @throws RangeError for a value that the type or the version does not have */
  write(writer: Writer, value: StructInput<F>, version: number): void {
    const codec = this.#codecs[version] ?? this.#compile(version)
    try {
      codec.write(writer, value)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new RangeError(`Cannot write ${this.name} v${version}: ${error.message}`, {
        cause: error,
      })
    }
  }

  /** `read`, for large messages: between steps others may have their turn. @throws DecodeError */
  readInSteps(reader: Reader, version: number): Generator<undefined, StructOf<F>> {
    return this.#steppedCodec(version).read(reader)
  }

  /** `write`, for large messages. @throws RangeError for a value that the type or the version does not have */
  writeInSteps(writer: Writer, value: StructInput<F>, version: number): Generator<undefined, void> {
    return this.#steppedCodec(version).write(writer, value)
  }

  #steppedCodec(version: number): SteppedCodec<StructOf<F>, StructInput<F>> {
    return (this.#stepped[version] ??= this.#compiled(version, compileStepped) as SteppedCodec<
      StructOf<F>,
      StructInput<F>
    >)
  }

  #compile(version: number): Codec<StructOf<F>, StructInput<F>> {
    // The compiled functions do what the fields say; no type can prove it.
    const codec = this.#compiled(version, compile) as Codec<StructOf<F>, StructInput<F>>
    this.#codecs[version] = codec
    return codec
  }

  #compiled<C>(version: number, compiler: Compiler<C>): C {
    const [lowest, highest] = this.versions
    if (!(version >= lowest && version <= highest))
      throw new RangeError(`${this.name} has no version ${version}, only ${lowest} to ${highest}`)
    return compiler(this.name, this.fields, version, version >= this.flexibleFrom)
  }
}

type Compiler<C> = (name: string, fields: Fields, version: number, isFlexible: boolean) => C

/** Some message: what a table of messages holds. */
// oxlint-disable-next-line no-explicit-any -- no other type stands for a message of any fields
export type AnyMessage = Message<any>

/** A message: a request, a response, or bytes inside of records. */
export function message<const F extends Fields>(
  name: string,
  versions: readonly [number, number],
  flexibleFrom: number,
  fields: F,
): Message<F> {
  return new Message(name, versions, flexibleFrom, fields)
}

/** A message that is stored behind the number of its type. */
export class StoredMessage<F extends Fields> extends Message<F> {
  readonly apiKey: number

  constructor(
    name: string,
    apiKey: number,
    versions: readonly [number, number],
    flexibleFrom: number,
    fields: F,
  ) {
    super(name, versions, flexibleFrom, fields)
    this.apiKey = apiKey
  }
}

/** A message that is stored behind the number of its type, `apiKey`. */
export function stored<const F extends Fields>(
  name: string,
  apiKey: number,
  versions: readonly [number, number],
  flexibleFrom: number,
  fields: F,
): StoredMessage<F> {
  return new StoredMessage(name, apiKey, versions, flexibleFrom, fields)
}
