/** Rules of topic names, with Kafka's texts (`Topic` of Kafka 4.3.1; checked against it). */

const LENGTH_MAX = 249
const legal = /^[a-zA-Z0-9._-]+$/

/** What is wrong with a topic name; undefined if nothing is. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return `Topic name is invalid: '${name}' is not allowed`
  if (name.length > LENGTH_MAX) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${LENGTH_MAX}`
  }
  if (legal.test(name)) return undefined
  return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
}

/** The name as it appears in metric names, where a period becomes an underscore. Topics with the same key collide. */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_')
}

/** True if the name could collide with another. */
export function hasCollisionCharacters(name: string): boolean {
  return name.includes('.') || name.includes('_')
}
