/**
 * The folders of partitions in the log directories: found at the start, made, put aside, removed.
 */
import type { Logger } from '@moldau/base'
import type { World } from '@moldau/io'
import {
  decodePartitionMetadata,
  encodePartitionMetadata,
  PARTITION_METADATA_FILE,
  readText,
} from './checkpoints.ts'
import {
  deletedFolderName,
  DELETED_FOLDER_SUFFIX,
  folderName,
  partitionOfFolder,
} from './segment-files.ts'

/** The quorum's log lives beside the others and is not one of them. @public */
export const METADATA_TOPIC = '__cluster_metadata'
const STRAY_SUFFIX = '-stray'

/** A partition found on disk. @public */
export interface ExistingPartition {
  readonly topic: string
  readonly partition: number
  /** '' where `partition.metadata` is missing or broken. */
  readonly topicId: string
  readonly directory: string
}

/** The partitions in a directory. Folders of deleted partitions are removed. */
export function findPartitions(
  world: World,
  logger: Logger,
  directory: string,
): ExistingPartition[] {
  const { files } = world
  const found: ExistingPartition[] = []
  const entries = files.list(directory)
  // The names first: emptied below, such a folder must not come back under the name of its partition.
  if (entries.some(({ name }) => name.endsWith(DELETED_FOLDER_SUFFIX)))
    files.syncDirectory(directory)
  for (const entry of entries) {
    if (!entry.isDirectory || entry.name.startsWith('.')) continue
    const path = `${directory}/${entry.name}`
    if (entry.name.endsWith(DELETED_FOLDER_SUFFIX)) {
      files.remove(path)
      continue
    }
    if (entry.name.endsWith(STRAY_SUFFIX)) continue
    const partition = partitionOfFolder(entry.name)
    if (partition === undefined) {
      logger.warn('folder ignored', { path })
      continue
    }
    if (partition.topic === METADATA_TOPIC) continue
    const metadata = readText(files, `${path}/${PARTITION_METADATA_FILE}`)
    found.push({
      ...partition,
      topicId: (metadata === undefined ? undefined : decodePartitionMetadata(metadata)) ?? '',
      directory,
    })
  }
  return found
}

/** Makes the folder and its topic id file. Both become durable with the first record. */
export function makeFolder(
  world: World,
  directory: string,
  partition: { topic: string; partition: number; topicId: string },
): void {
  const folder = `${directory}/${folderName(partition.topic, partition.partition)}`
  world.files.makeDirectory(folder)
  const file = world.files.open(`${folder}/${PARTITION_METADATA_FILE}`, 'create')
  file.write(Buffer.from(encodePartitionMetadata(partition.topicId)), 0)
  file.close()
}

/**
 * Renames the folder of a deleted partition, as Kafka does, durably: else it could come back as that of a new topic of
 * the same name. Returns its new path.
 */
export function putAside(
  world: World,
  directory: string,
  topic: string,
  partition: number,
  kind: 'deleted' | 'stray',
): string {
  const name = deletedFolderName(topic, partition, world.random.bytes(16).toString('hex'))
  const path = `${directory}/${kind === 'deleted' ? name : name.slice(0, -DELETED_FOLDER_SUFFIX.length) + STRAY_SUFFIX}`
  world.files.rename(`${directory}/${folderName(topic, partition)}`, path)
  world.files.syncDirectory(directory)
  return path
}
