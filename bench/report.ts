/**
 * `npm run bench -- --report`: writes the tables of the recorded run (`.results/bench`) between the marks `bench:begin`
 * and `bench:end` of README.md (what was asked, in short) and docs/performance.md (every figure). Where a row is
 * missing, or is from fewer than five rounds, nothing is written; `ROUNDS_MIN=1` writes what is there, and says so.
 */
import { markdownTable, replaceBetweenMarks } from '../scripts/report.ts'
import { readResults, type Results } from './core/results.ts'
import { figure, type Line, times, type Verdict, worstDelay } from './core/table.ts'
import { questions } from './questions/index.ts'

const RECORDED_ROUNDS = 5
const roundsMin = Number(process.env['ROUNDS_MIN'] ?? RECORDED_ROUNDS)
const parts = new Map(readResults().map(results => [results.part, results]))
const floor = parts.get('floor')
const recorded = questions.flatMap(({ name }) => parts.get(name) ?? [])
if (floor === undefined || recorded.length === 0)
  throw new Error('No run is recorded: run npm run bench first')
const lacking = questions.filter(({ name }) => (parts.get(name)?.rounds ?? 0) < roundsMin)
if (lacking.length > 0)
  throw new Error(
    `Not run, or in fewer than ${roundsMin} rounds: ${lacking.map(({ name }) => name).join(' ')}`,
  )
const lines = recorded.flatMap(results => results.rows)

replaceBetweenMarks('README.md', 'bench', withBasis(shortTable(lines)))
replaceBetweenMarks('docs/performance.md', 'bench', withBasis(longTable(recorded, lines)))
console.log('README.md and docs/performance.md are written')

function withBasis(table: string): string {
  return `${summary()}\n\n${table}\n\n${basis()}`
}

function summary(): string {
  const verdicts = lines.flatMap(line => [line.os, line.commit])
  const asked = verdicts.filter(verdict => verdict?.isMet !== undefined)
  const missed = lines.filter(line => line.os?.isMet === false || line.commit?.isMet === false)
  const told =
    missed.length === 0
      ? 'none is missed'
      : `missed: ${missed.map(({ title }) => title).join('; ')}`
  const isRecorded = recorded.every(({ rounds }) => rounds >= RECORDED_ROUNDS)
  const caution = isRecorded
    ? ''
    : ` **Not yet the recorded run of ${RECORDED_ROUNDS} rounds: some rows are of fewer, and single figures may be far off.**`
  return `${lines.length} rows, ${asked.length} of them with something asked, ${told}.${caution}`
}

/** The run in a few lines: machine, commit, floor. */
function basis(): string {
  const { when, machine, figures } = floor as Results
  const rounds = Math.min(...recorded.map(one => one.rounds))
  const commits = [...new Set(recorded.map(({ commit }) => commit))].join(', ')
  const of = (name: string): string => figure(figures[name])
  const worst = (kind: 'ownMs' | 'allMs'): string =>
    figure(Math.max(0, ...lines.map(line => worstDelay(line, kind))))
  return `Medians of ${rounds} interleaved runs on ${machine}, commit ${commits}, ${when.slice(0, 10)}. "Times better": throughput divided, or time and memory
divided the other way; in brackets the lowest and highest pair. CPU is the broker process's. The floor of that run: a bare
pwrite loop writes ${of('pwrite16KMBps')} / ${of('pwrite64KMBps')} / ${of('pwrite256KMBps')} MB/s in pieces of 16 / 64 / 256 KB at ${of('pwrite64KCpuSecondsPerGb')} CPU s/GB, loopback carries ${of('loopbackMBps')} MB/s, an fdatasync
takes ${of('fdatasyncP50Ms')} ms (p99 ${of('fdatasyncP99Ms')}). Event loop delay,
p99.9 in the worst row: ${worst('ownMs')} ms while it had the processor (${worst('allMs')} ms with what blocked it, as the disk).`
}

function shortTable(all: readonly Line[]): string {
  return markdownTable(
    ['', 'Kafka', 'Moldau', 'times better', 'CPU', 'Moldau, on disk when acknowledged'],
    all.map(line => [
      `${line.title}, ${line.unit}`,
      `${figure(line.medians[line.base])}${line.base === 'kafkaSync' ? ' (synced)' : ''}`,
      figure(line.medians.os),
      ratioOf(line.os),
      cpuRatio(line),
      line.commit === undefined
        ? ''
        : `${figure(line.medians.commit)} (${times(line.commit.ratio)} ×)`,
    ]),
  )
}

function longTable(results: readonly Results[], all: readonly Line[]): string {
  const table = markdownTable(
    [
      'row',
      'Kafka',
      '`flush=os`',
      'times better (min–max)',
      'asked',
      'pairs',
      '',
      'CPU s, Kafka / Moldau',
      '`flush=commit`',
      'times',
      'asked',
      'loop p99.9, ms',
    ],
    all.map(line => [
      `${line.title}, ${line.unit}`,
      figure(line.medians[line.base]),
      figure(line.medians.os),
      line.os === undefined
        ? ''
        : `${times(line.os.ratio)} (${times(line.os.lowest)}–${times(line.os.highest)})`,
      asked(line.os),
      line.os === undefined ? '' : `${line.os.agreeing}/${line.os.pairs}`,
      verdict(line.os ?? line.commit),
      `${figure(line.cpuSeconds[line.base])} / ${figure(line.cpuSeconds[line.os === undefined ? 'commit' : 'os'])}`,
      figure(line.medians.commit),
      line.commit === undefined ? '' : times(line.commit.ratio),
      asked(line.commit),
      figure(worstDelay(line, 'ownMs')),
    ]),
  )
  const how = questions
    .filter(({ name }) => results.some(({ part }) => part === name))
    .map(question => `- ${question.rows[0]?.title ?? question.name}: ${question.how}.`)
  return `${table}\n\nHow each was asked:\n\n${how.join('\n')}`
}

function ratioOf(told: Verdict | undefined): string {
  if (told === undefined) return ''
  const text = `**${times(told.ratio)} ×** (${times(told.lowest)}–${times(told.highest)})`
  return told.isMet === false ? `${text}, missed: ${times(told.atLeast ?? 1)} ×` : text
}

function cpuRatio(line: Line): string {
  const base = line.cpuSeconds[line.base]
  const ours = line.cpuSeconds[line.os === undefined ? 'commit' : 'os']
  if (base === undefined || ours === undefined) return ''
  return `${times(base / Math.max(ours, 0.01))} × less`
}

function asked(told: Verdict | undefined): string {
  if (told?.atLeast === undefined) return ''
  return `${times(told.atLeast)}${told.limit === undefined ? '' : `, ≤ ${told.limit}`}`
}

function verdict(told: Verdict | undefined): string {
  if (told?.isMet === undefined) return ''
  return told.isMet ? 'met' : '**missed**'
}
