/** The real faults: how each is called, what it needs of the machine, and how long its short form is. */
import { clockJumps } from './clock-jumps.ts'
import { deviceError } from './device-error.ts'
import { diskFull } from './disk-full.ts'
import type { FaultResult } from './fault-result.ts'
import { fileHandles } from './file-handles.ts'
import { kill } from './kill.ts'
import type { Need } from './needs.ts'
import { paused } from './paused.ts'
import { powerCut, powerCutKafka, powerCutOs } from './power-cut.ts'
import { readOnly } from './read-only.ts'
import { fileSizeLimit, shortWrites } from './short-writes.ts'
import { syncError } from './sync-error.ts'

/** One fault. */
export interface Part {
  /** On the command line. */
  readonly name: string
  /** In the ledger. */
  readonly kind: string
  readonly needs: readonly Need[]
  /** Rounds of the short form. */
  readonly short: number
  /** Rounds after which a long form notes where it is. */
  readonly chunk: number
  /** `first` numbers the first round: the same number draws the same. */
  run(count: number, first: number): Promise<FaultResult>
}

const cut = ['gcc', 'mounts', 'loop devices'] as const
const SHORT_PAUSES_MS = [2000, 5000]
const LONG_PAUSE_MS = 60_000

export const parts: readonly Part[] = [
  { name: 'kill', kind: 'kill-9', needs: ['gcc'], short: 100, chunk: 80, run: kill },
  {
    name: 'power-cut',
    kind: 'power-cut-ext4',
    needs: cut,
    short: 30,
    chunk: 25,
    run: powerCut,
  },
  {
    name: 'power-cut-os',
    kind: 'power-cut-ext4-flush-os',
    needs: cut,
    short: 5,
    chunk: 5,
    run: powerCutOs,
  },
  {
    name: 'power-cut-kafka',
    kind: 'power-cut-ext4-apache-kafka',
    needs: [...cut, 'Apache Kafka'],
    short: 2,
    chunk: 2,
    run: powerCutKafka,
  },
  { name: 'sync-error', kind: 'sync-error', needs: ['gcc'], short: 5, chunk: 10, run: syncError },
  {
    name: 'device-error',
    kind: 'device-error',
    needs: cut,
    short: 2,
    chunk: 5,
    run: deviceError,
  },
  { name: 'disk-full', kind: 'disk-full', needs: ['mounts'], short: 2, chunk: 5, run: diskFull },
  {
    name: 'short-writes',
    kind: 'short-writes',
    needs: ['gcc'],
    short: 1,
    chunk: 5,
    run: shortWrites,
  },
  { name: 'file-size', kind: 'file-size', needs: [], short: 1, chunk: 5, run: fileSizeLimit },
  {
    name: 'read-only',
    kind: 'read-only',
    needs: ['mounts', 'loop devices'],
    short: 2,
    chunk: 5,
    run: readOnly,
  },
  { name: 'file-handles', kind: 'file-handles', needs: [], short: 1, chunk: 5, run: fileHandles },
  { name: 'clock-jumps', kind: 'clock-jumps', needs: ['gcc'], short: 1, chunk: 2, run: clockJumps },
  {
    name: 'paused',
    kind: 'paused',
    needs: [],
    short: 0,
    chunk: 1,
    run: count =>
      paused(count === 0 ? SHORT_PAUSES_MS : Array.from({ length: count }, () => LONG_PAUSE_MS)),
  },
]
