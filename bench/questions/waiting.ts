/** What the broker pays for clients that wait, and how long a large group takes to come together. */
import type { Bench } from '../core/bench.ts'
import type { Peer } from '../core/peers.ts'
import type { Measured, Question } from '../core/question.ts'
import { ask, type Figures } from '../core/tools.ts'

const CONNECTIONS = 1000
const MEMBERS = 100
const GROUPS_PER_RUN = 24
/** Groups of two before the first run, until most partitions of the offsets topic have their files. */
const WARM_UP_GROUPS = 60
/** The clock of processor time ticks this often; nothing smaller is told apart from nothing. */
const CPU_RESOLUTION = 0.001

function waitingQuestion(command: 'polls' | 'idle', title: string, how: string): Question {
  return {
    name: command,
    how,
    isUnwatched: true,
    rows: [
      { key: 'cpu', title: `${title}, CPU`, unit: 's/s', better: 'less', atLeast: 1 },
      { key: 'memory', title: `${title}, memory`, unit: 'MB', better: 'less', atLeast: 1 },
      { key: 'grown', title: `${title}, memory grown by`, unit: 'MB', better: 'less' },
    ],
    measure: (peer: Peer, bench: Bench): Promise<Record<string, Measured>> =>
      bench.withTopic(peer, 1, async topic => {
        const figures: Figures = await ask('raw', command, {
          boot: peer.boot,
          topic,
          pid: peer.pid,
          connections: bench.many(CONNECTIONS),
          seconds: bench.seconds,
        })
        return {
          cpu: { value: Math.max(CPU_RESOLUTION, figures['cpuPerSecond'] ?? NaN) },
          memory: { value: figures['residentMb'] ?? NaN },
          grown: { value: Math.max(0.1, figures['grownMb'] ?? NaN) },
        }
      }),
  }
}

export const waitingQuestions: readonly Question[] = [
  waitingQuestion(
    'polls',
    '1,000 long polls',
    'raw generator: 1,000 connections, each with a fetch that waits 500 ms for records that do not come',
  ),
  waitingQuestion(
    'idle',
    '1,000 idle connections',
    'raw generator: 1,000 connections that say nothing',
  ),
  {
    name: 'join',
    how: `raw generator: ${MEMBERS} members join an empty group at once (KIP-394, group.initial.rebalance.delay.ms=0), until all have their assignment of one generation; mean of ${GROUPS_PER_RUN} groups`,
    rows: [
      {
        key: 'seconds',
        title: 'group of 100 members joining',
        unit: 'ms',
        better: 'less',
        atLeast: 1.5,
      },
    ],
    async prepare(peer, bench) {
      for (let i = 0; i < bench.many(WARM_UP_GROUPS); i++)
        await ask('raw', 'join', { boot: peer.boot, topic: bench.name('warm'), connections: 2 })
    },
    async measure(peer, bench) {
      const { result, cpuSeconds } = await bench.cost(peer, async () => {
        let seconds = 0
        for (let i = 0; i < GROUPS_PER_RUN; i++) {
          const topic = bench.name('group')
          const figures = await ask('raw', 'join', {
            boot: peer.boot,
            topic,
            connections: bench.many(MEMBERS),
          })
          seconds += figures['seconds'] ?? NaN
        }
        return seconds / GROUPS_PER_RUN
      })
      return { seconds: { value: result * 1000, cpuSeconds } }
    },
  },
]
