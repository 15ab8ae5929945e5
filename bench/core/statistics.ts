/** Medians and ratios of runs that took turns. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 0
}

export interface Comparison {
  /** How many times better the second is, in the median of the pairs' figures. */
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
  /** Pairs in which it is at least `atLeast` times better. */
  readonly agreeing: number
  readonly pairs: number
}

/** Compares runs pair by pair; `better` tells whether a larger or a smaller figure is. */
export function compare(
  base: readonly number[],
  ours: readonly number[],
  better: 'more' | 'less',
  atLeast: number,
): Comparison {
  const times = (a: number, b: number): number => (better === 'more' ? b / a : a / b)
  const ratios = base.map((figure, i) => times(figure, ours[i] ?? NaN))
  return {
    ratio: times(median(base), median(ours)),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    agreeing: ratios.filter(ratio => ratio >= atLeast).length,
    pairs: ratios.length,
  }
}
