/**
 * `meta.properties`: which cluster, node and directory a log directory belongs to (version 1 of Kafka's format; version
 * 0 is of the time of ZooKeeper and is refused).
 */
import { parseProperties } from '@moldau/base'
import type { Files } from '@moldau/io'

const FILE_NAME = 'meta.properties'

/** Whose directory it is. `directoryId` is missing in folders older than Kafka 3.7. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string | undefined
}

/** Reads the file of `directory`; undefined when it has none. @throws Error for a version or a value that cannot be */
export function readMetaProperties(files: Files, directory: string): MetaProperties | undefined {
  const path = `${directory}/${FILE_NAME}`
  if (!files.exists(path)) return undefined
  const values = parseProperties(files.readAll(path).toString('utf8'))
  const version = values.get('version')
  if (version !== '1')
    throw new Error(
      `Cannot use ${directory}: the version of its meta.properties is ${version ?? 'missing'}, not 1`,
    )
  const clusterId = values.get('cluster.id')
  const nodeId = Number(values.get('node.id') ?? Number.NaN)
  if (clusterId === undefined || !Number.isInteger(nodeId)) {
    throw new Error(`Cannot use ${directory}: its meta.properties has no cluster.id or no node.id`)
  }
  return { clusterId, nodeId, directoryId: values.get('directory.id') }
}

/** Writes the file; when this returns, it is on stable storage. */
export function writeMetaProperties(
  files: Files,
  directory: string,
  properties: MetaProperties,
): void {
  const { clusterId, nodeId, directoryId } = properties
  const lines = [`node.id=${nodeId}`, `version=1`, `cluster.id=${clusterId}`]
  if (directoryId !== undefined) lines.push(`directory.id=${directoryId}`)
  files.replace(`${directory}/${FILE_NAME}`, Buffer.from(`#\n${lines.join('\n')}\n`))
}
