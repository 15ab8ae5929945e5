/** Turns answers into rows with verdicts, and rows into the table that is printed and into Markdown. */
import type { PeerKey } from './peers.ts'
import type { Question, Row } from './question.ts'
import type { Answers, LoopDelay, Series } from './run.ts'
import { compare, type Comparison, median } from './statistics.ts'

/** Pairs of five that have to agree. */
const AGREEING_SHARE = 0.8

/** One row, as it is written to the results. */
export interface Line {
  readonly question: string
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly better: 'more' | 'less'
  /** Whom it is compared with. */
  readonly base: PeerKey
  readonly medians: Partial<Record<PeerKey, number>>
  readonly cpuSeconds: Partial<Record<PeerKey, number>>
  readonly runs: Partial<Record<PeerKey, Series>>
  readonly os?: Verdict
  readonly commit?: Verdict
  readonly loopDelay: Partial<Record<PeerKey, LoopDelay>>
}

export interface Verdict extends Comparison {
  readonly atLeast?: number
  readonly limit?: number
  /** Undefined when nothing is asked of it. */
  readonly isMet?: boolean
}

export function linesOf(question: Question, answers: Answers): Line[] {
  return question.rows.map(row => {
    const series = answers.series[row.key] ?? {}
    const base: PeerKey = series.kafkaSync === undefined ? 'kafka' : 'kafkaSync'
    const medians: Partial<Record<PeerKey, number>> = {}
    const cpuSeconds: Partial<Record<PeerKey, number>> = {}
    for (const [key, { values, cpuSeconds: seconds }] of Object.entries(series) as [
      PeerKey,
      Series,
    ][]) {
      medians[key] = median(values)
      if (seconds.length > 0) cpuSeconds[key] = median(seconds)
    }
    const os = verdict(row, row.atLeast, row.limit, series[base], series.os)
    const commit = verdict(row, row.commitAtLeast, undefined, series[base], series.commit)
    return {
      question: question.name,
      key: row.key,
      title: row.title,
      unit: row.unit,
      better: row.better,
      base,
      medians,
      cpuSeconds,
      runs: series,
      ...(os === undefined ? {} : { os }),
      ...(commit === undefined ? {} : { commit }),
      loopDelay: answers.loopDelay,
    }
  })
}

function verdict(
  row: Row,
  atLeast: number | undefined,
  limit: number | undefined,
  base: Series | undefined,
  ours: Series | undefined,
): Verdict | undefined {
  if (base === undefined || ours === undefined) return undefined
  const comparison = compare(base.values, ours.values, row.better, atLeast ?? 1)
  if (atLeast === undefined) return comparison
  const isWithin = limit === undefined || median(ours.values) <= limit
  const agree = comparison.agreeing >= AGREEING_SHARE * comparison.pairs
  return {
    ...comparison,
    atLeast,
    ...(limit === undefined ? {} : { limit }),
    isMet: comparison.ratio >= atLeast && agree && isWithin,
  }
}

/** A row as soon as it is known. */
export function briefly(line: Line): string {
  const { medians, os, commit, base, unit, title } = line
  const ours = os === undefined ? '' : `, os ${figure(medians.os)} (${times(os.ratio)} ×)`
  const durable =
    commit === undefined ? '' : `, commit ${figure(medians.commit)} (${times(commit.ratio)} ×)`
  return `         ${title}, ${unit}: Kafka ${figure(medians[base])}${ours}${durable}`
}

const header =
  'row                                                Kafka  Moldau os    times (min..max)      pairs   CPU s K / M  ratio  asked   verdict | commit   times  asked  verdict | loop p99.9 ms'

/** The table of the terminal. */
export function tableText(lines: readonly Line[]): string {
  const rows = lines.map(line => {
    const { os, commit, cpuSeconds, medians } = line
    const ours = cpuSeconds[os === undefined ? 'commit' : 'os']
    const base = cpuSeconds[line.base]
    const cells = [
      `${line.title}, ${line.unit}`.padEnd(46),
      figure(medians[line.base]).padStart(9),
      figure(medians.os).padStart(11),
      os === undefined
        ? ''.padStart(28)
        : `${times(os.ratio)} (${times(os.lowest)}..${times(os.highest)})`.padStart(22) +
          `${os.agreeing}/${os.pairs}`.padStart(6),
      `${figure(base)} / ${figure(ours)}`.padStart(16),
      (base === undefined || ours === undefined ? '' : times(base / Math.max(ours, 0.01))).padStart(
        7,
      ),
      (os?.atLeast === undefined ? '' : times(os.atLeast)).padStart(7),
      told(os).padStart(10),
      '|',
      figure(medians.commit).padStart(8),
      (commit === undefined ? '' : times(commit.ratio)).padStart(8),
      (commit?.atLeast === undefined ? '' : times(commit.atLeast)).padStart(6),
      told(commit).padStart(8),
      '|',
      worstDelay(line, 'ownMs').toFixed(1).padStart(8),
    ]
    return cells.join(' ')
  })
  return [header, ...rows].join('\n')
}

function told(verdict: Verdict | undefined): string {
  if (verdict?.isMet === undefined) return ''
  return verdict.isMet ? 'met' : 'MISSED'
}

/** p99.9 of the event loop delay of either Moldau. */
export function worstDelay(line: Line, of: keyof LoopDelay): number {
  return Math.max(0, ...Object.values(line.loopDelay).map(delay => delay[of]))
}

/** Three digits that matter. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  if (value >= 100) return Math.round(value).toString()
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3)
}

export function times(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)
}
