/** Record batches of every kind to the topics: sound, damaged, and bombs, each alone so that it can be blamed. */
import { seededRandom } from '../packages/base/src/index.ts'
import { Apis, encodeRequest } from '../packages/protocol/src/index.ts'
import { bombs, randomBatch } from './batches.ts'
import type { Input } from './inputs.ts'
import { pick } from './mutation.ts'
import { Sender } from './pairs.ts'
import type { Session } from './session.ts'
import type { Known } from './setup.ts'

const WORKERS = 4
/** A bomb is followed by others for so many sound requests at most. */
const BATCHES_PER_BOMB = 100

/** Sends all bombs at least once, and batches until `deadline`. */
export async function fuzzBatches(
  session: Session,
  known: Known,
  seed: string,
  deadline: number,
): Promise<void> {
  const left = bombs()
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      const random = seededRandom(`${seed}/batches/${worker}`)
      const sender = new Sender(session)
      while (!session.target.hasEnded && (left.length > 0 || Date.now() < deadline)) {
        const bomb = left.shift()
        if (bomb !== undefined)
          await sender.send(produce('bomb', bomb.name, 'payments', 0, bomb.batch))
        for (let i = 0; i < BATCHES_PER_BOMB && Date.now() < deadline; i++) {
          const topic = pick(known.topics, random)
          const batch = randomBatch(random, known.producerIds)
          await sender.send(produce('batch', topic, topic, random.below(3), batch))
        }
      }
      sender.close()
    }),
  )
}

/** A Produce of one batch. */
export function produce(
  kind: string,
  name: string,
  topic: string,
  index: number,
  records: Buffer,
): Input {
  const version = 9
  const pair = { api: Apis.Produce, version }
  const bytes = encodeRequest(
    Apis.Produce,
    version,
    { correlationId: 7, clientId: 'fuzz' },
    {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: topic, partitionData: [{ index, records }] }],
    },
  )
  return { kind, name: `Produce ${name}`, bytes, pair, mayBeSilent: false }
}
