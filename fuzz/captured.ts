/** What real clients sent (`captures/`, made by capture.ts): whole, with flipped bits, wrong lengths, spliced with each other. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { seededRandom } from '../packages/base/src/index.ts'
import { apiByKey } from '../packages/protocol/src/index.ts'
import { Inputs } from './inputs.ts'
import { pick } from './mutation.ts'
import { Sender } from './pairs.ts'
import type { Session } from './session.ts'
import type { Known } from './setup.ts'

const WORKERS = 4
const folder = path.join(import.meta.dirname, 'captures')

/** Frames of all clients, with their client's name. */
function capturedFrames(): { client: string; bytes: Buffer }[] {
  const found: { client: string; bytes: Buffer }[] = []
  for (const file of readdirSync(folder).toSorted()) {
    const all = readFileSync(path.join(folder, file))
    for (let at = 0; at < all.length; at += 4 + all.readInt32BE(at))
      found.push({
        client: path.basename(file, '.bin'),
        bytes: all.subarray(at, at + 4 + all.readInt32BE(at)),
      })
  }
  return found
}

/** Sends damaged copies until `deadline`. */
export async function fuzzCaptured(
  session: Session,
  known: Known,
  seed: string,
  deadline: number,
): Promise<void> {
  const frames = capturedFrames()
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      const random = seededRandom(`${seed}/captured/${worker}`)
      const inputs = new Inputs(`${seed}/captured/${worker}/damage`, known)
      const sender = new Sender(session)
      while (!session.target.hasEnded && Date.now() < deadline) {
        const { client, bytes } = pick(frames, random)
        const name = apiByKey(bytes.readInt16BE(4))?.name ?? 'unknown'
        const input = inputs.damaged(bytes, 'captured', name, pick(frames, random).bytes)
        await sender.send({ ...input, name: `${name} of ${client}` })
      }
      sender.close()
    }),
  )
}
