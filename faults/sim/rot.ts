/**
 * Rot: the bits of a small image are flipped one by one, of a disk that was stopped cleanly and of one that was killed.
 * After each the storage is opened and all is read, as consumers read it. It must be refused with a clear error, or
 * repaired, or read unchanged; never other data.
 */
import { seededRandom } from '../../packages/base/src/index.ts'
import { simulatedWorld } from '../../packages/io/src/index.ts'
import { readAll, readMetadata } from './check-recovered.ts'
import { imageOf, putImage, type Image } from './image.ts'
import { Journal } from './journal.ts'
import { Machine } from './machine.ts'
import { RotWorkload } from './workload.ts'

type RotOutcome =
  | 'unchanged'
  | 'repaired'
  | 'refused'
  /** Of a killed disk: taken for the torn end of a write that no checkpoint knew to be durable, and cut. */
  | 'cut'
  /** Kafka's format has no checksum there, and nothing else tells: see UNSEEN. */
  | 'unseen'
  | 'changed'
  | 'crashed'

/** Counts of one kind of file. */
export type RotCounts = Record<RotOutcome, number>

/** A flip that gave other data, or an error without a message. */
export interface RotFailure {
  readonly flip: string
  readonly outcome: RotOutcome
  readonly message: string
}

export interface RotResult {
  readonly flips: number
  readonly byFile: ReadonlyMap<string, RotCounts>
  readonly failures: readonly RotFailure[]
}

/**
 * What stays unseen, by file and by what changes: aborted-transaction indexes and leader epochs, which no checksum
 * covers in Kafka's format. The records themselves are read unchanged.
 */
const UNSEEN: readonly (readonly [file: string, fact: string])[] = [
  ['.txnindex', 'aborted'],
  ['leader-epoch-checkpoint', 'epochs'],
  // The epoch in a batch that was written after the last checkpoint; below it the two are compared.
  ['.log', 'epochs'],
]

/** Errors of the language: nobody meant them as an answer. */
const unmeant = [TypeError, RangeError, ReferenceError, SyntaxError]

/** Flips every `stride`th bit, beginning at one that the seed chooses. `flips` from `from` on, for a run in pieces. */
export async function runRot(
  stride: number,
  seed: number,
  range: { readonly from: number; readonly to: number } = { from: 0, to: Infinity },
  only?: string,
): Promise<RotResult> {
  const byFile = new Map<string, RotCounts>()
  const failures: RotFailure[] = []
  const first = seededRandom(`rot/${seed}`).below(stride)
  let flips = 0
  let bit = -1
  for (const { name, image, journal } of await images()) {
    const expected = await observe(image, journal)
    for (const [path, bytes] of image)
      for (let at = 0; at < bytes.length * 8; at++) {
        bit++
        if (bit % stride !== first || bit < range.from || bit >= range.to) continue
        const flip = `${name}:${path}:${at}`
        if (only !== undefined && only !== flip) continue
        flips++
        const { outcome, message } = await outcomeOf(image, journal, path, at, expected)
        const kind = `${name} ${kindOf(path)}`
        const counts = byFile.get(kind) ?? {
          unchanged: 0,
          repaired: 0,
          refused: 0,
          cut: 0,
          unseen: 0,
          changed: 0,
          crashed: 0,
        }
        counts[outcome]++
        byFile.set(kind, counts)
        if (outcome === 'changed' || outcome === 'crashed')
          failures.push({ flip, outcome, message })
      }
  }
  return { flips, byFile, failures }
}

/** Bits in all images. */
export async function rotBits(): Promise<number> {
  let bits = 0
  for (const { image } of await images())
    for (const bytes of image.values()) bits += bytes.length * 8
  return bits
}

async function images(): Promise<{ name: string; image: Image; journal: Journal }[]> {
  const made: { name: string; image: Image; journal: Journal }[] = []
  for (const name of ['clean', 'killed'] as const) {
    const journal = new Journal()
    const workload = new RotWorkload(simulatedWorld('rot'), 'commit', journal)
    await workload.run(name === 'clean')
    made.push({ name, image: imageOf(workload.machine.end('kill').files), journal })
  }
  return made
}

async function outcomeOf(
  image: Image,
  journal: Journal,
  path: string,
  at: number,
  expected: Observed,
): Promise<{ outcome: RotOutcome; message: string }> {
  const bytes = Buffer.from(image.get(path) ?? Buffer.alloc(0))
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
  try {
    const seen = await observe(new Map(image).set(path, bytes), journal)
    for (const [key, value] of expected.facts) {
      const found = seen.facts.get(key) ?? 'missing'
      if (found === value) continue
      if (isTornTail(image, path, expected, seen)) return { outcome: 'cut', message: '' }
      if (UNSEEN.some(([file, fact]) => path.endsWith(file) && key.endsWith(fact)))
        return { outcome: 'unseen', message: '' }
      return {
        outcome: 'changed',
        message: `${key} was ${value.slice(0, 200)}, is ${found.slice(0, 200)}`,
      }
    }
    const isRepaired = seen.image.get(path)?.equals(bytes) !== true
    return { outcome: isRepaired ? 'repaired' : 'unchanged', message: '' }
  } catch (error) {
    const isMeant =
      error instanceof Error && error.message !== '' && !unmeant.some(type => error instanceof type)
    return { outcome: isMeant ? 'refused' : 'crashed', message: String(error) }
  }
}

/** The log ends earlier, not below what the checkpoint knows to be durable, and is the same up to there. */
function isTornTail(image: Image, path: string, expected: Observed, seen: Observed): boolean {
  const name = /\/([^/]+)\/\d+\.log$/.exec(path)?.[1]
  const [before, after] = [expected, seen].map(({ facts }) => facts.get(`${name} records`) ?? '')
  if (name === undefined || before === undefined || after === undefined) return false
  const durable = [0, 1].map(slot => {
    const text = image.get(`/data/moldau-durable-offsets.${slot}`)?.toString() ?? ''
    const line = text.split('\n').find(one => one.startsWith(name.replace(/-(\d+)$/, ' $1 ')))
    return Number(line?.split(' ')[5] ?? 0)
  })
  const end = (JSON.parse(after) as unknown[]).length
  return end >= Math.max(...durable) && after !== before && before.startsWith(after.slice(0, -1))
}

/** What a disk says when it is opened and read. */
interface Observed {
  readonly facts: ReadonlyMap<string, string>
  readonly image: Image
}

/** @throws Error when anything is refused */
async function observe(image: Image, journal: Journal): Promise<Observed> {
  const world = simulatedWorld('reader')
  putImage(world.files, image)
  const known = Object.assign(new Journal(), { clusterId: '', quorumEpoch: 0 })
  for (const partition of journal.partitions.values()) known.add(partition)
  const machine = new Machine(world, 'commit', known)
  await machine.start()
  const facts = new Map<string, string>()
  facts.set('cluster id', known.clusterId)
  for (const partition of journal.partitions.values()) {
    const log = machine.log(partition)
    // Opens it, as a broker that leads the partition does.
    const epochs = log.leaderEpochs.entries.map(one => `${one.epoch}@${one.startOffset}`)
    if (log.failure !== undefined) throw log.failure
    const records = await readAll(machine, log)
    facts.set(`${partition.name} range`, `${log.logStartOffset} to ${log.logEndOffset}`)
    facts.set(`${partition.name} records`, JSON.stringify(records))
    facts.set(`${partition.name} epochs`, epochs.join())
    facts.set(
      `${partition.name} aborted`,
      JSON.stringify(
        log
          .abortedTransactions(0, log.logEndOffset)
          .map(one => [one.producerId, one.firstOffset, one.lastOffset, one.lastStableOffset]),
      ),
    )
    facts.set(
      `${partition.name} producers`,
      Array.from(
        log.producerStates.values(),
        one => `${one.producerId}/${one.producerEpoch}/${one.batches.at(-1)?.lastSequence}`,
      ).join(),
    )
  }
  facts.set('metadata', JSON.stringify(await readMetadata(machine)))
  return { facts, image: imageOf(machine.end('kill').files) }
}

function kindOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const owner = path.includes('__cluster_metadata') ? 'metadata ' : ''
  return owner + name.replace(/^\d{20}(-\d{10})?/, '').replace(/\.[01]$/, '')
}
