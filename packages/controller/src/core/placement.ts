/**
 * Where replicas go. Brokers stand in a ring in which racks alternate; each partition begins one place further, so
 * leaders are spread evenly, and takes its followers from racks that it is not on yet, as long as there are any.
 * Unfenced brokers come first; a fenced one is only taken when there are not enough others.
 */
import type { Random, Steps } from '@moldau/base'
import { isProblem, problem, ROWS_PER_STEP, type Problem } from './decision.ts'

/** A broker that may get replicas. */
export interface PlacementBroker {
  readonly id: number
  readonly rack: string | null
  readonly isFenced: boolean
}

/** How much is to be placed. */
export interface PlacementRequest {
  readonly brokers: readonly PlacementBroker[]
  readonly partitionCount: number
  readonly replicationFactor: number
  readonly random: Random
}

/** Replicas of each partition, the preferred leader first. */
export function* placeReplicas(request: PlacementRequest): Steps<number[][] | Problem> {
  const { brokers, replicationFactor, partitionCount, random } = request
  const refusal = placementProblem(brokers, replicationFactor)
  if (isProblem(refusal)) return refusal
  const unfenced = rackAlternating(
    brokers.filter(broker => !broker.isFenced),
    random,
  )
  const fenced = rackAlternating(
    brokers.filter(broker => broker.isFenced),
    random,
  )
  const start = random.below(unfenced.length)
  const placed: number[][] = []
  for (let i = 0; i < partitionCount; i++) {
    // Every round over the ring, followers are taken one place further from their leader.
    const round = Math.floor(i / unfenced.length)
    placed.push(replicasFrom(unfenced, fenced, start + i, round, replicationFactor))
    if (i % ROWS_PER_STEP === 0) yield
  }
  return placed
}

function placementProblem(
  brokers: readonly PlacementBroker[],
  replicationFactor: number,
): Problem | undefined {
  const failure = `Unable to replicate the partition ${replicationFactor} time(s): `
  if (replicationFactor > brokers.length) {
    return problem(
      'INVALID_REPLICATION_FACTOR',
      `${failure}The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} broker(s) are registered or some brokers have all their log directories cordoned.`,
    )
  }
  if (brokers.every(broker => broker.isFenced)) {
    return problem('INVALID_REPLICATION_FACTOR', `${failure}All brokers are currently fenced.`)
  }
  return undefined
}

function replicasFrom(
  unfenced: readonly PlacementBroker[],
  fenced: readonly PlacementBroker[],
  leaderIndex: number,
  round: number,
  count: number,
): number[] {
  const leader = unfenced[leaderIndex % unfenced.length] as PlacementBroker
  const others: PlacementBroker[] = []
  for (let step = 1; step < unfenced.length; step++) {
    const shifted = ((step - 1 + round) % (unfenced.length - 1)) + 1
    others.push(unfenced[(leaderIndex + shifted) % unfenced.length] as PlacementBroker)
  }
  const candidates = [...others, ...fenced]
  const chosen = [leader]
  const racks = new Set([leader.rack])
  while (chosen.length < count) {
    let next = candidates.findIndex(broker => !racks.has(broker.rack))
    if (next < 0) {
      racks.clear()
      next = 0
    }
    const [broker] = candidates.splice(next, 1) as [PlacementBroker]
    racks.add(broker.rack)
    chosen.push(broker)
  }
  return chosen.map(broker => broker.id)
}

/** Brokers in random order, but neighbours on different racks where possible. */
function rackAlternating(brokers: readonly PlacementBroker[], random: Random): PlacementBroker[] {
  const racks = new Map<string | null, PlacementBroker[]>()
  for (const broker of shuffled(brokers, random)) {
    const rack = racks.get(broker.rack)
    if (rack === undefined) racks.set(broker.rack, [broker])
    else rack.push(broker)
  }
  const result: PlacementBroker[] = []
  for (let i = 0; result.length < brokers.length; i++) {
    for (const rack of racks.values()) {
      const broker = rack[i]
      if (broker !== undefined) result.push(broker)
    }
  }
  return result
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const result = [...list]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[result[i], result[j]] = [result[j] as T, result[i] as T]
  }
  return result
}
