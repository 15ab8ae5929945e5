// What the suites of the JavaScript clients share: checks, sections that run side by side, and records told apart.
export const [bootstrap, phase] = process.argv.slice(2)
let failures = 0

export function check(area, what, holds, why = '') {
  if (!holds) failures++
  console.log(holds ? `ok - ${area}: ${what}` : `not ok - ${area}: ${what}: ${why}`)
}

/** The names of Kafka's errors anywhere in an error: kafkajs calls them `type`, @platformatic/kafka `apiId`. */
function namesIn(error) {
  if (error === undefined || error === null) return []
  const inner = [...(error.errors ?? []), ...(error.groups ?? []).map(group => group.error)]
  const names = [error.type, error.apiId, ...[...inner, error.cause].flatMap(namesIn)]
  return names.filter(name => name !== undefined)
}

/** Checks that an action ends with one of these errors of Kafka. */
export async function refused(area, what, action, ...expected) {
  try {
    await action()
    check(area, what, false, 'it was accepted')
  } catch (error) {
    const names = [error.name, ...namesIn(error)]
    const holds = names.some(name => expected.includes(name))
    check(area, what, holds, `${names} ${error.message}`)
  }
}

/** Runs sections side by side, so many at a time; one that throws counts as a failed check. */
export async function runSections(sections, width = 8) {
  const left = [...sections]
  const work = async () => {
    for (let section = left.shift(); section !== undefined; section = left.shift()) {
      const [area, name, run] = section
      await run().catch(error => {
        const where = error.stack.split('\n').slice(0, 4).join(' ')
        const partitions = JSON.stringify(error.partitions) ?? ''
        check(area, `section ${name}`, false, `${where} ${namesIn(error)} ${partitions}`)
      })
    }
  }
  await Promise.all(Array.from({ length: width }, work))
}

/** Ends the process; with 1 if a check failed. */
export function finish() {
  process.exit(failures === 0 ? 0 : 1)
}

/** Looks until it holds; gives what it saw last. */
export async function until(condition, seconds = 30) {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const holds = await condition()
    if (holds || Date.now() > deadline) return holds
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export const numbered = (prefix, count, more) =>
  Array.from({ length: count }, (_, i) => ({
    key: prefix + i,
    value: `value-${prefix}${i}`,
    ...more,
  }))
export const keys = records => new Set(records.map(record => String(record.key)))
/** Partitions and offsets: a record that is read again after a rebalance counts once. */
export const places = records => new Set(records.map(r => `${r.partition}:${r.offset}`))
