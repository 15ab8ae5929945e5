/**
 * Runs the short form of the crash points until the first violation, in an order that mixes all kinds; one line of JSON
 * tells what was found, at which point and after how many. planted.ts starts it with a bug planted.
 */
import { seededRandom } from '../../packages/base/src/index.ts'
import { crashPointsOf, pointName, runPoint, spread } from './crash-points.ts'
import { Violation } from './journal.ts'

const [seed = '1', perMode = '300'] = process.argv.slice(2)
const began = performance.now()
const random = seededRandom(`planted/${seed}`)
/** The kind of points of which all are tried, and first: `os power-cut`. */
const focus = process.env['MOLDAU_PLANTED_FOCUS'] ?? ''
const found = await firstViolation()
console.log(
  JSON.stringify({ ...found, seconds: Math.round((performance.now() - began) / 100) / 10 }),
)

async function firstViolation() {
  let points = 0
  const candidates = []
  try {
    for (const mode of ['commit', 'os'] as const) {
      const all = await crashPointsOf(mode)
      const chosen = new Set(spread(all, Number(perMode), Number(seed)))
      candidates.push(
        ...all.filter(point => chosen.has(point) || `${mode} ${point.stop}` === focus),
      )
    }
  } catch (error) {
    return result('workload', 'without a crash', points, error)
  }
  while (candidates.length > 0) {
    const focused = candidates.filter(({ mode, stop }) => `${mode} ${stop}` === focus)
    const pool = focused.length > 0 ? focused : candidates
    const chosen = pool[random.below(pool.length)]
    const [point] = candidates.splice(chosen === undefined ? 0 : candidates.indexOf(chosen), 1)
    if (point === undefined) break
    points++
    try {
      await runPoint(point)
    } catch (error) {
      return result(`crash-points ${point.mode} ${point.stop}`, pointName(point), points, error)
    }
  }
  return { test: '', points }
}

function result(test: string, point: string, points: number, error: unknown) {
  const invariant = error instanceof Violation ? error.invariant : 'start'
  return { test, point, points, invariant, message: String(error).split('\n')[0] }
}
