/** Options that Kafka 4 renamed: the old one works, with a warning, but not together with the new one. */
import { UsageError, type OptionRows, type ParsedOptions } from './jopt.ts'

/** Which of the two is given; the new one if none is. @throws UsageError in Kafka's words if both are */
export function eitherOf<Rows extends OptionRows>(
  options: ParsedOptions<Rows>,
  oldName: keyof Rows & string,
  newName: keyof Rows & string,
  refusal: string,
): keyof Rows & string {
  if (!options.has(oldName)) return newName
  if (options.has(newName)) throw new UsageError(refusal)
  return oldName
}
