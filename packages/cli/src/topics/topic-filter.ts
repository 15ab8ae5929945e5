/** Which topics a word means: a regular expression that the whole name matches, `,` standing for "or". */
import { TopicCommandError } from './new-topic.ts'

const internalTopics = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

/** The names that `pattern` (undefined: all) matches, sorted. @throws TopicCommandError in Kafka's words */
export function filterTopics(
  names: Iterable<string>,
  pattern: string | undefined,
  isInternalExcluded: boolean,
): string[] {
  const regex = pattern === undefined ? undefined : wholeName(pattern)
  return [...names]
    .filter(name => regex === undefined || regex.test(name))
    .filter(name => !isInternalExcluded || !internalTopics.has(name))
    .sort()
}

function wholeName(pattern: string): RegExp {
  const text = pattern
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
  try {
    return new RegExp(`^(?:${text})$`)
  } catch {
    throw new TopicCommandError(`${text} is an invalid regex.`)
  }
}
