/**
 * Crash points, enumerated over the file calls of the fixed workload: before each call, behind half of the bytes of a
 * write, and when the call is done but nobody knows; as the end of the process and as a power cut; and syncs that fail
 * once, with a power cut soon after. A third of the recoveries is interrupted in turn. After each: the invariants, offline and by reading, and a second recovery that
 * must change nothing. `node faults/sim/run.ts --point commit:kill:before:812` repeats one.
 */
import { seededRandom, type Random } from '../../packages/base/src/index.ts'
import { simulatedWorld } from '../../packages/io/src/index.ts'
import { checkImage } from './check-image.ts'
import { ackedCount, checkRecovered, goOn } from './check-recovered.ts'
import { firstDifference, imageOf, type Image } from './image.ts'
import { check, Journal, Violation } from './journal.ts'
import {
  Machine,
  Stopped,
  type DiskFaultAt,
  type DiskStep,
  type FlushMode,
  type SimulatedWorld,
} from './machine.ts'
import { Workload } from './workload.ts'

/** Share of the recoveries that are interrupted, and of those that are interrupted twice. */
const INTERRUPTED_SHARE = 0.3
const TWICE_SHARE = 0.2
/** A recovery of this workload makes about so many changing calls. */
const RECOVERY_STEPS = 60
/** After a sync that failed the power goes within so many calls. */
const STEPS_AFTER_FAILURE = 30

/** Where a crash is put. */
export interface CrashPoint {
  readonly mode: FlushMode
  readonly stop: 'kill' | 'power-cut' | 'failed-sync'
  readonly when: 'before' | 'middle' | 'after'
  readonly step: number
}

/** What became of it. */
export interface PointResult {
  readonly call: string
  readonly acked: number
  readonly lostAsPromised: number
  /** How often the recovery was stopped in turn. */
  readonly interruptions: number
  /** The files after the recovery and a clean stop. */
  readonly image: Image
}

/** All points of a mode, in the order of the calls. */
export async function crashPointsOf(mode: FlushMode): Promise<CrashPoint[]> {
  const steps: DiskStep[] = []
  const note: DiskFaultAt = step => void steps.push(step)
  await new Workload(simulatedWorld('points'), mode, new Journal(), note).run()
  return steps.flatMap(({ call }, index) =>
    (['before', 'middle', 'after'] as const)
      .filter(when => when !== 'middle' || call === 'write')
      .flatMap(when =>
        (['kill', 'power-cut', 'failed-sync'] as const)
          .filter(stop => stop !== 'failed-sync' || (call === 'datasync' && when === 'before'))
          .map(stop => ({ mode, stop, when, step: index + 1 })),
      ),
  )
}

/** `count` points, evenly spread, beginning at another one for each seed. */
export function spread(points: readonly CrashPoint[], count: number, seed: number): CrashPoint[] {
  const stride = points.length / Math.min(count, points.length)
  const offset = seededRandom(`spread/${seed}`).fraction() * stride
  const chosen: CrashPoint[] = []
  for (let at = offset; at < points.length; at += stride) {
    const point = points[Math.floor(at)]
    if (point !== undefined) chosen.push(point)
  }
  return chosen.slice(0, count)
}

/** Name of a point, and of its seed. */
export function pointName({ mode, stop, when, step }: CrashPoint): string {
  return `${mode}:${stop}:${when}:${step}`
}

/** Crashes there, recovers, checks. @throws Violation, or what broke */
export async function runPoint(point: CrashPoint): Promise<PointResult> {
  const { mode, stop, when } = point
  const journal = new Journal()
  const random = seededRandom(pointName(point))
  let call = ''
  const first = simulatedWorld('points')
  // The same calls for every point, another fate of what was not synced.
  const cutAfter = point.step + 1 + random.below(STEPS_AFTER_FAILURE)
  const workload = new Workload(first, mode, journal, step => {
    if (step.number === point.step) {
      call = step.call
      return stop === 'failed-sync' ? { code: 'EIO' } : { stop, when }
    }
    const isCut = stop === 'failed-sync' && step.number === cutAfter
    return isCut ? { stop: 'power-cut', when: 'before' } : undefined
  })
  await untilStopped(workload.run(), stop === 'failed-sync')
  check(call !== '', 'F0', () => `the fault of ${pointName(point)} has not fired`)
  const acked = ackedCount(journal)
  let world = workload.machine.end(stop === 'kill' ? 'kill' : 'power-cut')
  let hadPowerCut = stop !== 'kill'
  let interruptions = 0
  const wanted =
    random.fraction() >= INTERRUPTED_SHARE ? 0 : random.fraction() < TWICE_SHARE ? 2 : 1
  for (let i = 0; i < wanted; i++) {
    const again = random.below(2) === 0 ? 'kill' : 'power-cut'
    const interrupted = await interruptRecovery(world, point, journal, again, random)
    world = interrupted.world
    interruptions += interrupted.hasFired ? 1 : 0
    hadPowerCut ||= again === 'power-cut'
  }
  return {
    ...(await recoverAndCheck(world, mode, journal, hadPowerCut, random)),
    call,
    acked,
    interruptions,
  }
}

/** Ends a recovery at one of its file calls. */
async function interruptRecovery(
  world: SimulatedWorld,
  { mode }: CrashPoint,
  journal: Journal,
  stop: 'kill' | 'power-cut',
  random: Random,
): Promise<{ world: SimulatedWorld; hasFired: boolean }> {
  const at = world.disk.stepCount + 1 + random.below(RECOVERY_STEPS)
  const when = (['before', 'middle', 'after'] as const)[random.below(3)] ?? 'before'
  const machine = new Machine(world, mode, journal)
  await untilStopped(machine.start(({ number }) => (number === at ? { stop, when } : undefined)))
  const hasFired = world.disk.hasStopped
  return { world: machine.end(stop), hasFired }
}

/** Recovers twice, checks, lets clients go on, stops cleanly, checks again. */
async function recoverAndCheck(
  crashed: SimulatedWorld,
  mode: FlushMode,
  journal: Journal,
  hadPowerCut: boolean,
  random: Random,
): Promise<Pick<PointResult, 'lostAsPromised' | 'image'>> {
  let machine = new Machine(crashed, mode, journal)
  await machine.start()
  machine.openAll()
  let world = machine.end('kill')
  const once = imageOf(world.files)
  checkImage(once, false)
  machine = new Machine(world, mode, journal)
  await machine.start()
  machine.openAll()
  const difference = firstDifference(once, imageOf(world.files), changesAtStart)
  check(difference === undefined, 'L6', () => `a second recovery has changed files: ${difference}`)
  const promised = { mode, hadPowerCut }
  const { lostAsPromised } = await checkRecovered(machine, promised)
  machine.logs.startTasks()
  await goOn(machine, random, promised)
  await machine.close()
  world = machine.end(hadPowerCut ? 'power-cut' : 'kill')
  const image = imageOf(world.files)
  checkImage(image, true)
  machine = new Machine(world, mode, journal)
  await machine.start()
  // A clean stop has made everything durable, in both modes.
  await checkRecovered(machine, { mode: 'commit', hadPowerCut: false })
  await machine.close()
  return { lostAsPromised, image }
}

/** The quorum begins a new epoch at each start, by its rules; what is left of deleted topics goes in time. */
function changesAtStart(path: string): boolean {
  return path.includes('/__cluster_metadata-0/') || path.includes('-delete/')
}

/** Waits for a life that a fault may end. @throws what else went wrong */
async function untilStopped(life: Promise<void>, mayFail = false): Promise<void> {
  try {
    await life
  } catch (error) {
    if (error instanceof Violation || !(mayFail || isOfStop(error))) throw error
  }
}

/** After the stop every call fails with EIO, and whoever waits gets one of these. */
function isOfStop(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Stopped) return true
    if ('code' in cause && cause.code === 'EIO') return true
  }
  return error instanceof Error && /EIO|every log directory has failed/.test(error.message)
}
