/**
 * Names of the files of a partition, exactly Apache Kafka's: a base offset of 20 digits and a suffix.
 */

/** Suffixes of the files of a segment. */
export const Suffix = {
  log: '.log',
  offsetIndex: '.index',
  timeIndex: '.timeindex',
  abortedIndex: '.txnindex',
  snapshot: '.snapshot',
  /** Added to a name when the file waits for its removal. */
  deleted: '.deleted',
} as const

/** Suffix of the folder of a deleted partition. */
export const DELETED_FOLDER_SUFFIX = '-delete'

/** `directory/00000000000000000042.log`. */
export function segmentPath(directory: string, baseOffset: number, suffix: string): string {
  return `${directory}/${offsetName(baseOffset)}${suffix}`
}

/** An offset as Kafka writes it in file names. */
function offsetName(offset: number): string {
  return String(offset).padStart(20, '0')
}

/** The offset of a file name with this suffix, or undefined for another file. */
export function offsetOfName(name: string, suffix: string): number | undefined {
  if (!name.endsWith(suffix)) return undefined
  const digits = name.slice(0, -suffix.length)
  if (!/^\d{20}$/.test(digits)) return undefined
  const offset = Number(digits)
  return Number.isSafeInteger(offset) ? offset : undefined
}

/** The folder name of a partition. */
export function folderName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** Topic and partition of a folder name, or undefined when it is not one. */
export function partitionOfFolder(name: string): { topic: string; partition: number } | undefined {
  const match = /^(.+)-(\d{1,10})$/.exec(name)
  if (match === null) return undefined
  return { topic: match[1]!, partition: Number(match[2]) }
}

/** Kafka's name for the folder of a deleted partition: at most 255 bytes, unique by 32 hexadecimal digits. */
export function deletedFolderName(topic: string, partition: number, uniqueHex: string): string {
  const suffix = `-${partition}.${uniqueHex}${DELETED_FOLDER_SUFFIX}`
  return topic.slice(0, Math.min(topic.length, 255 - suffix.length)) + suffix
}
