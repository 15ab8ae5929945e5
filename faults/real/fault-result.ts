/** What a fault test found: one row of the table that `npm run faults` prints. */

/** Figures of one fault. `fired` must not be zero. */
export interface FaultResult {
  readonly fault: string
  /** How often the fault happened, as counted where it happens. */
  readonly fired: number
  /** Records that were acknowledged before or during it. */
  readonly acked: number
  /** Acknowledged records that were missing afterwards, against the promise of the setting. */
  readonly lost: number
  readonly doubled: number
  /** How often everything worked again after it. */
  readonly recovered: number
  /** What else went wrong, a sentence each. */
  readonly failures: readonly string[]
  readonly seconds: number
  /** Of a peer that is only compared with: what it lost is no failure of ours. */
  readonly otherLost?: number
  /** What the fault looked like to clients, or a figure beside it. */
  readonly note?: string
}

/** Collects a result. */
export class Findings {
  fired = 0
  acked = 0
  lost = 0
  doubled = 0
  recovered = 0
  note = ''
  readonly failures: string[] = []
  readonly #fault: string
  readonly #began = performance.now()

  constructor(fault: string) {
    this.#fault = fault
  }

  /** Notes a failure unless `holds`. */
  expect(holds: boolean, failure: string): void {
    if (!holds) this.failures.push(failure)
  }

  result(): FaultResult {
    const { fired, acked, lost, doubled, recovered, failures, note } = this
    if (fired === 0) failures.push('the fault never happened')
    return {
      fault: this.#fault,
      fired,
      acked,
      lost,
      doubled,
      recovered,
      failures,
      seconds: Math.round((performance.now() - this.#began) / 100) / 10,
      ...(note !== '' && { note }),
    }
  }
}

/** Whether nothing speaks against the broker. */
export function isGood(result: FaultResult): boolean {
  return result.lost === 0 && result.doubled === 0 && result.failures.length === 0
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

/** Waits until `holds`, at most so long; whether it did. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  milliseconds: number,
): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (!(await holds())) {
    if (performance.now() > deadline) return false
    await pause(10)
  }
  return true
}
