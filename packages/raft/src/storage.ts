/**
 * The log directories before anything else opens them: an empty one is formatted as `kafka-storage format --standalone`
 * of Kafka 4.3.1 would (dynamic voters, kraft.version 1), one of this node is recognised, and any other is refused in
 * one sentence. `meta.properties` is written last: what lacks it, and holds nothing but format files, is formatted anew.
 */
import { atOnce, randomUuid } from '@moldau/base'
import type { World } from '@moldau/io'
import { readMetaProperties, writeMetaProperties, type MetaProperties } from '@moldau/log'
import type { ControllerEndpoint } from './core/voters.ts'
import { METADATA_TOPIC } from './raft-log.ts'
import { readSnapshot, snapshotName, writeSnapshot } from './snapshot-files.ts'

const BOOTSTRAP_FILE = 'bootstrap.checkpoint'
const metadataFolder = `${METADATA_TOPIC}-0`
const voterSnapshot = snapshotName({ endOffset: 0, epoch: 0 })

/** What to open or to format. */
export interface StorageOptions {
  readonly world: Pick<World, 'files' | 'clock' | 'random'>
  /** `log.dirs`. */
  readonly directories: readonly string[]
  /** `metadata.log.dir`; the first of `directories` by default. */
  readonly metadataDirectory?: string
  readonly nodeId: number
  /** The cluster that is expected; any by default, a random one in a new folder. */
  readonly clusterId?: string
  /** Where the controller of a new folder is to be reached by other nodes. */
  readonly controllerEndpoint: ControllerEndpoint
  /** Values of the records that a new cluster begins with: feature levels. */
  readonly bootstrapValues: readonly Buffer[]
}

/** Directories that are ready to be opened. */
export interface OpenedStorage {
  readonly clusterId: string
  readonly metadataDirectory: string
  /** Id of each directory, by its path. */
  readonly directoryIds: ReadonlyMap<string, string>
  /** True if the metadata directory was formatted now. */
  readonly isNew: boolean
}

/** Formats what is empty and recognises what is ours. @throws Error in one sentence for a directory that is not */
export function openStorage(options: StorageOptions): OpenedStorage {
  const { world, directories, nodeId } = options
  const { files, random } = world
  const metadataDirectory = options.metadataDirectory ?? directories[0]
  if (metadataDirectory === undefined)
    throw new Error('Cannot open storage: no log directory is given')
  const paths = [...new Set([metadataDirectory, ...directories])]
  const found = new Map<string, MetaProperties | undefined>()
  for (const path of paths) found.set(path, inspect(options, path))

  const existing = found.get(metadataDirectory)
  const isNew = existing === undefined
  const other = paths.find(path => found.get(path) !== undefined)
  if (isNew && other !== undefined) {
    throw new Error(
      `Cannot use ${metadataDirectory}: it is empty, but ${other} is of a cluster that keeps its metadata elsewhere`,
    )
  }
  const clusterId = existing?.clusterId ?? options.clusterId ?? randomUuid(random)
  checkSame(found, { clusterId, metadataDirectory })

  const directoryIds = new Map<string, string>()
  for (const path of paths) {
    const properties = found.get(path)
    const directoryId = properties?.directoryId ?? randomUuid(random)
    directoryIds.set(path, directoryId)
    if (properties?.directoryId !== undefined) continue
    files.makeDirectory(path)
    if (path === metadataDirectory && isNew) writeFormat(options, path, directoryId)
    writeMetaProperties(files, path, { clusterId, nodeId, directoryId })
  }
  return { clusterId, metadataDirectory, directoryIds, isNew }
}

/** Values of the records that the cluster in `directory` begins with; undefined when the folder does not tell. */
export function readBootstrapValues(
  files: World['files'],
  directory: string,
): Buffer[] | undefined {
  const path = `${directory}/${BOOTSTRAP_FILE}`
  if (!files.exists(path)) return undefined
  return readSnapshot(files, path).batches.flatMap(batch => batch.values)
}

/** Whose directory is it? Undefined for one that may be formatted. */
function inspect(
  { world: { files }, nodeId, clusterId }: StorageOptions,
  path: string,
): MetaProperties | undefined {
  if (!files.exists(path)) return undefined
  const properties = readMetaProperties(files, path)
  if (properties === undefined) {
    const stranger = files.list(path).find(entry => !isFormatFile(files, path, entry.name))
    if (stranger === undefined) return undefined
    throw new Error(
      `Cannot use ${path}: it holds ${stranger.name} but no meta.properties; give an empty directory, or one of Moldau or Apache Kafka`,
    )
  }
  if (properties.nodeId !== nodeId) {
    throw new Error(
      `Cannot use ${path}: it belongs to node.id ${properties.nodeId}, and this is node.id ${nodeId}`,
    )
  }
  if (clusterId !== undefined && properties.clusterId !== clusterId) {
    throw new Error(
      `Cannot use ${path}: it belongs to cluster.id ${properties.clusterId}, not ${clusterId}`,
    )
  }
  return properties
}

/** True for what an interrupted format, a lock or the file system may have left. */
function isFormatFile(files: World['files'], path: string, name: string): boolean {
  if (name === metadataFolder) {
    return files.list(`${path}/${name}`).every(entry => entry.name.startsWith(voterSnapshot))
  }
  return (
    name === '.lock' ||
    name === 'lost+found' ||
    name.startsWith(BOOTSTRAP_FILE) ||
    name.startsWith('meta.properties.')
  )
}

function checkSame(
  found: ReadonlyMap<string, MetaProperties | undefined>,
  { clusterId, metadataDirectory }: { clusterId: string; metadataDirectory: string },
): void {
  const paths = new Map<string, string>()
  for (const [path, properties] of found) {
    if (properties === undefined) continue
    if (properties.clusterId !== clusterId) {
      throw new Error(
        `Cannot use ${path}: it belongs to cluster.id ${properties.clusterId}, and ${metadataDirectory} to ${clusterId}`,
      )
    }
    if (properties.directoryId === undefined) continue
    const twin = paths.get(properties.directoryId)
    if (twin !== undefined)
      throw new Error(`Cannot use ${path}: it has the same directory.id as ${twin}`)
    paths.set(properties.directoryId, path)
  }
}

/** The files of a new metadata directory, `meta.properties` excepted. */
function writeFormat(options: StorageOptions, path: string, directoryId: string): void {
  const { world, nodeId, controllerEndpoint, bootstrapValues } = options
  const { files, clock } = world
  const timestamp = clock.now()
  const plain = { voters: undefined, epoch: 0, timestamp, lastContainedLogTimestamp: 0 }
  atOnce(writeSnapshot(files, `${path}/${BOOTSTRAP_FILE}`, bootstrapValues, plain))
  files.makeDirectory(`${path}/${metadataFolder}`)
  const voters = [{ id: nodeId, directoryId, endpoints: [controllerEndpoint] }]
  atOnce(
    writeSnapshot(files, `${path}/${metadataFolder}/${voterSnapshot}`, [], {
      voters,
      epoch: 0,
      timestamp,
      lastContainedLogTimestamp: timestamp,
    }),
  )
}
