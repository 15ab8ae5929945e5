// A member of the group `topic` that the suite kills: node member.mjs ADDRESS TOPIC
import { join } from './harness.mjs'

const topic = process.argv[3]
await join(topic, [topic], { sessionTimeout: 2000, rebalanceTimeout: 3000 })
