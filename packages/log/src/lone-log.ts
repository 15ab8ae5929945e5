/**
 * A partition log that stands alone, outside of the broker's Logs: the quorum's `__cluster_metadata-0`. It keeps its
 * own checkpoint in its folder, so that recovery knows what was durable.
 */
import type { Logger, Timer } from '@moldau/base'
import type { World } from '@moldau/io'
import type { LogConfig } from './config.ts'
import { PARTITION_METADATA_FILE } from './checkpoints.ts'
import { unknownLog } from './log-contents.ts'
import { LogDirectory } from './log-directory.ts'
import { sharedResources } from './log-environment.ts'
import { makeFolder } from './partition-folders.ts'
import { PartitionLog } from './partition-log.ts'
import { folderName } from './segment-files.ts'

const OPEN_FILES_MAX = 16
const TAIL_BYTES_MAX = 4 * 1024 * 1024
const CHECKPOINT_INTERVAL_MS = 5000

/** Where and how the log lives. `directory` is the parent of the partition's folder. @public */
export interface LoneLogOptions {
  readonly world: World
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: LogConfig
  readonly logger: Logger
}

/** The log and its clean stop. `failed` is called when its disk has failed. @public */
export interface LoneLog {
  readonly log: PartitionLog
  readonly close: () => Promise<void>
}

/** Opens (or makes) the log, recovering it where the last stop was not clean. Producers are not tracked. @public */
export async function openLoneLog(options: LoneLogOptions): Promise<LoneLog> {
  const { world, directory, topic, partition, topicId, config } = options
  const { files } = world
  const shared = sharedResources(world, options.logger.child('log'), {
    openFilesMax: OPEN_FILES_MAX,
    tailBytesMax: TAIL_BYTES_MAX,
  })
  const folder = `${directory}/${folderName(topic, partition)}`
  const isNew = !files.exists(`${folder}/${PARTITION_METADATA_FILE}`)
  if (isNew) makeFolder(world, directory, { topic, partition, topicId })
  const home = new LogDirectory({
    directory,
    shared,
    syncsAtOnceMax: 1,
    stateFolder: folder,
    reserveBytes: 0,
    keepsKafkaFiles: false,
  })
  const known = isNew ? unknownLog : home.known(topic, partition, topicId)
  const log = new PartitionLog({
    home,
    topic,
    partition,
    topicId,
    config,
    known: { ...known, isClean: known.isClean && known.tail !== undefined },
    isNew,
    tracksProducers: false,
  })
  home.add(log)
  await home.recover(log)
  home.recovered()
  files.syncDirectory(directory)
  const task: Timer = world.timers.every(CHECKPOINT_INTERVAL_MS, () => {
    if (log.hasUnstoredEpochs) log.storeEpochs()
    home.writeCheckpoint()
  })
  return {
    log,
    close: async () => {
      task.cancel()
      await log.close()
      await home.close(-1)
      shared.removals.close()
      shared.openFiles.close()
    },
  }
}
