/** The bytes of a disk: all files by path. Taken from a simulated disk, put on one, or written to a real folder. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Files } from '../../packages/io/src/index.ts'

/** Content by absolute path. */
export type Image = ReadonlyMap<string, Buffer>

/** All files under `/data`. */
export function imageOf(files: Files, directory = '/data', into = new Map<string, Buffer>()) {
  for (const { name, isDirectory } of files.list(directory)) {
    const path = `${directory}/${name}`
    if (isDirectory) imageOf(files, path, into)
    else into.set(path, files.readAll(path))
  }
  return into
}

/** Puts the files on an empty disk, durably. */
export function putImage(files: Files, image: Image): void {
  const directories = new Set<string>()
  for (const [path, bytes] of image) {
    const directory = dirname(path)
    files.makeDirectory(directory)
    directories.add(directory).add(dirname(directory))
    const file = files.open(path, 'create')
    if (bytes.length > 0) file.write(bytes, 0)
    file.datasync()
    file.close()
  }
  for (const directory of directories) files.syncDirectory(directory)
}

/** Writes the files into a real folder, which becomes their `/`. */
export function writeImage(folder: string, image: Image): void {
  for (const [path, bytes] of image) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, bytes)
  }
}

/** The first file that differs, undefined when `ignored` ones alone do. */
export function firstDifference(
  a: Image,
  b: Image,
  ignored: (path: string) => boolean,
): string | undefined {
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    if (ignored(path)) continue
    const [one, other] = [a.get(path), b.get(path)]
    if (one === undefined || other === undefined)
      return `${path} is ${one === undefined ? 'new' : 'gone'}`
    if (!one.equals(other)) return `${path} has changed (${one.length} to ${other.length} bytes)`
  }
  return undefined
}
