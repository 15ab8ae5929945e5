/**
 * Compares our codecs with Java's message classes: every message of Kafka 4.3.1 in every version, random values and
 * damaged bytes. `SEED` repeats a run, `CASES` and `DAMAGED` set how many there are of a version.
 */
import { isDeepStrictEqual } from 'node:util'
import { Reader, seededRandom, Writer, type Random } from '../../packages/base/src/index.ts'
import type { AnyMessage } from '../../packages/protocol/src/index.ts'
import { allMessages } from '../../packages/protocol/test/all-messages.ts'
import { randomValue } from '../../packages/protocol/test/random-value.ts'
import { mutate } from '../../fuzz/mutation.ts'
import { writeResult } from '../results.ts'
import { JavaClasses, type Answer, type JavaClass, type Question } from './java-classes.ts'
import { jsonText, kafkaJson } from './kafka-json.ts'

const seed = Number(process.env['SEED'] ?? 1)
const valuesPerVersion = Number(process.env['CASES'] ?? 12)
const damagedPerVersion = Number(process.env['DAMAGED'] ?? 150)
/** Failures that are told in full. */
const TOLD_MAX = 40

/** Differences with a reason, by what our decoder says. */
const reasons: readonly (readonly [string, RegExp])[] = [
  ['an int64 beyond 2^53 is refused, never rounded', /beyond 2\^53/],
]

const failures: string[] = []
const explained = new Map<string, number>()
let failed = 0
let values = 0
let damaged = 0
let acceptedByBoth = 0
let refusedByBoth = 0
let versions = 0

function fail(message: AnyMessage, version: number, what: string, bytes: Buffer): void {
  failed++
  if (failures.length < TOLD_MAX)
    failures.push(
      `${message.name} v${version}: ${what}; bytes ${bytes.toString('hex').slice(0, 400)}`,
    )
}

/** Values of one version: ours read and written by Java, Java's read and written by us. */
async function compareValues(
  java: JavaClasses,
  javaClass: JavaClass,
  message: AnyMessage,
  version: number,
  random: Random,
): Promise<Buffer[]> {
  const isFlexible = version >= message.flexibleFrom
  const cases = Array.from({ length: valuesPerVersion }, () => {
    const value = randomValue(message.fields, version, isFlexible, () => random.fraction(), {
      unknownTags: () =>
        random.fraction() < 0.1
          ? [{ tag: 1000 + random.below(9), bytes: random.bytes(random.below(300)) }]
          : undefined,
    })
    const text = jsonText(kafkaJson(message.fields, value, version, isFlexible, 'content'))
    return { value, text, bytes: message.encode(value, version) }
  })
  const common = { index: javaClass.index, version }
  const answers = await java.ask(
    cases.flatMap<Question>(({ bytes, text }) => [
      { ...common, kind: 'bytes', content: bytes },
      { ...common, kind: 'json', content: Buffer.from(text) },
    ]),
  )
  for (const [i, { value, bytes }] of cases.entries()) {
    values += 2
    const expected: unknown = JSON.parse(
      JSON.stringify(kafkaJson(message.fields, value, version, isFlexible, 'size')),
    )
    const problem =
      problemOfRead(answers[2 * i], bytes, expected) ??
      problemOfMade(answers[2 * i + 1], message, version, value, bytes)
    if (problem !== undefined) fail(message, version, problem, bytes)
  }
  return cases.map(({ bytes }) => bytes)
}

/** Java read our bytes: it must write the same and see the same values. */
function problemOfRead(answer: Answer | undefined, bytes: Buffer, expected: unknown) {
  if (answer?.status !== 'ok') return `Java cannot read ours: ${answer?.reason}`
  if (answer.bytesLeft > 0) return `Java leaves ${answer.bytesLeft} of our bytes`
  if (!answer.bytes.equals(bytes)) return `Java writes ${answer.bytes.toString('hex')}`
  const seen: unknown = JSON.parse(answer.json)
  if (!isDeepStrictEqual(seen, expected))
    return `Java sees ${answer.json}, not ${JSON.stringify(expected)}`
  return undefined
}

/** Java made bytes of our JSON: we must read the value in them, and write the same bytes. */
function problemOfMade(
  answer: Answer | undefined,
  message: AnyMessage,
  version: number,
  value: Record<string, unknown>,
  bytes: Buffer,
) {
  if (answer?.status !== 'ok') return `Java cannot make it of JSON: ${answer?.reason}`
  const decoded: Record<string, unknown> = message.decode(answer.bytes, version)
  if (!message.encode(decoded, version).equals(answer.bytes))
    return "we write Java's bytes otherwise"
  // JSON has no unknown tags: without them it must be our bytes, and our value.
  if (JSON.stringify(value).includes('unknownTags')) return undefined
  if (!answer.bytes.equals(bytes)) return `Java makes ${answer.bytes.toString('hex')} of JSON`
  return isDeepStrictEqual(decoded, value) ? undefined : "we read another value from Java's bytes"
}

/** Damaged bytes: both read them, to the same place and the same bytes again, or both refuse them. */
async function compareDamaged(
  java: JavaClasses,
  javaClass: JavaClass,
  message: AnyMessage,
  version: number,
  samples: readonly Buffer[],
  random: Random,
): Promise<void> {
  const cuts = samples.flatMap(sample => cutsOf(sample))
  const flips = Array.from({ length: damagedPerVersion }, (_, i) => {
    const sample = samples[i % samples.length] ?? Buffer.alloc(0)
    return mutate(sample, random, 0, samples[random.below(samples.length)])
  })
  const inputs = [...cuts, ...flips]
  const answers = await java.ask(
    inputs.map(content => ({
      kind: 'bytes without json',
      index: javaClass.index,
      version,
      content,
    })),
  )
  for (const [i, bytes] of inputs.entries()) compareOne(message, version, bytes, answers[i])
}

/** Every prefix of a short message, some of a long one. */
function cutsOf(bytes: Buffer): Buffer[] {
  const step = Math.ceil(bytes.length / 40)
  const result: Buffer[] = []
  for (let end = 0; end < bytes.length; end += step) result.push(bytes.subarray(0, end))
  return result
}

function compareOne(message: AnyMessage, version: number, bytes: Buffer, answer?: Answer): void {
  damaged++
  const reader = new Reader(bytes)
  let value: Record<string, unknown> | undefined
  let refusal: string | undefined
  try {
    value = message.read(reader, version)
  } catch (error) {
    refusal = String(error)
  }
  const isRefusedByJava = answer?.status === 'refused'
  if (isRefusedByJava && refusal !== undefined) {
    refusedByBoth++
    return
  }
  if (isRefusedByJava) {
    fail(message, version, `we read what Java refuses (${answer.reason})`, bytes)
    return
  }
  if (refusal !== undefined) {
    const reason = reasons.find(([, pattern]) => pattern.test(refusal))?.[0]
    if (reason === undefined)
      fail(message, version, `we refuse what Java reads (${refusal})`, bytes)
    else explained.set(reason, (explained.get(reason) ?? 0) + 1)
    return
  }
  acceptedByBoth++
  if (answer?.status !== 'ok' || value === undefined) return
  const writer = new Writer()
  message.write(writer, value, version)
  if (reader.remaining !== answer.bytesLeft)
    fail(message, version, `we leave ${reader.remaining} bytes, Java ${answer.bytesLeft}`, bytes)
  else if (!writer.finish().equals(answer.bytes))
    fail(
      message,
      version,
      `we write ${writer.finish().toString('hex')}, Java ${answer.bytes.toString('hex')}`,
      bytes,
    )
}

const java = await JavaClasses.start()
const byName = new Map(allMessages.map(message => [message.name, message]))
for (const javaClass of java.classes) {
  const message = byName.get(javaClass.name)
  const [low, high] = javaClass.versions
  if (message === undefined) {
    failed++
    failures.push(`${javaClass.name}: we have no such message`)
    continue
  }
  if (!isDeepStrictEqual(message.versions, javaClass.versions)) {
    failed++
    failures.push(
      `${javaClass.name}: versions ${message.versions.join('-')}, Java has ${low}-${high}`,
    )
  }
  for (let version = low; version <= high; version++) {
    versions++
    const random = seededRandom(`${seed}/${message.name}/${version}`)
    const samples = await compareValues(java, javaClass, message, version, random)
    await compareDamaged(java, javaClass, message, version, samples, random)
  }
}
await java.stop()

for (const failure of failures) console.log(`FAIL ${failure}`)
for (const [reason, count] of explained) console.log(`differs: ${reason} (${count} of the damaged)`)
const cases = values + damaged
const explainedCount = [...explained.values()].reduce((sum, count) => sum + count, 0)
const equal = cases - failed - explainedCount
console.log(
  `messages=${java.classes.length} versions=${versions} cases=${cases} equal=${equal} explained=${explainedCount} different=${failed} seed=${seed}`,
)
console.log(
  `damaged=${damaged} accepted_by_both=${acceptedByBoth} refused_by_both=${refusedByBoth}`,
)
writeResult({
  part: 'codecs',
  peer: 'Apache Kafka 4.3.1',
  checks: cases,
  passed: equal,
  failed: failures,
  figures: {
    messages: java.classes.length,
    versions,
    cases,
    equal,
    different: failed,
    seed,
    damaged,
    acceptedByBoth,
    refusedByBoth,
  },
  rows: [...explained].map(([reason, count]) => ({ difference: reason, cases: count })),
})
process.exit(failed === 0 ? 0 : 1)
