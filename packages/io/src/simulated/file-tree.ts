/** Directories and files in memory, by path: what `memoryFiles` and the simulated disk are made of. */
import type { ChunkedBytes } from './chunked-bytes.ts'

export interface FileNode {
  readonly kind: 'file'
  readonly content: ChunkedBytes
  modifiedAt: number
}

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly entries: Map<string, TreeNode>
  modifiedAt: number
}

export type TreeNode = FileNode | DirectoryNode

/** Where a path leads: the directory it is in, its name there, and what is there, if anything. */
export interface Place {
  readonly parent: DirectoryNode
  readonly name: string
  readonly node: TreeNode | undefined
}

/** An error as Node's file system reports it. */
export function systemError(code: string, call: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${call} '${path}'`)
  error.code = code
  error.syscall = call
  error.path = path
  return error
}

export function newDirectory(modifiedAt: number): DirectoryNode {
  return { kind: 'directory', entries: new Map(), modifiedAt }
}

/** The names on the way to `path`, without `.`, with `..` taken back. */
export function namesOf(path: string): string[] {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}

/** What is at `path`, if anything. */
export function find(root: DirectoryNode, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root
  for (const name of namesOf(path)) {
    if (node?.kind !== 'directory') return undefined
    node = node.entries.get(name)
  }
  return node
}

/** The place of `path` in its directory. @throws ENOENT where that directory is missing, or for the root */
export function placeOf(root: DirectoryNode, path: string, call: string): Place {
  const names = namesOf(path)
  const name = names.pop()
  const parent = find(root, names.join('/'))
  if (name === undefined || parent === undefined) throw systemError('ENOENT', call, path)
  if (parent.kind !== 'directory') throw systemError('ENOTDIR', call, path)
  return { parent, name, node: parent.entries.get(name) }
}

/** The file at `path`. @throws ENOENT, EISDIR */
export function fileAt(root: DirectoryNode, path: string, call: string): FileNode {
  const node = find(root, path)
  if (node === undefined) throw systemError('ENOENT', call, path)
  if (node.kind !== 'file') throw systemError('EISDIR', call, path)
  return node
}

/** The directory at `path`. @throws ENOENT, ENOTDIR */
export function directoryAt(root: DirectoryNode, path: string, call: string): DirectoryNode {
  const node = find(root, path)
  if (node === undefined) throw systemError('ENOENT', call, path)
  if (node.kind !== 'directory') throw systemError('ENOTDIR', call, path)
  return node
}
