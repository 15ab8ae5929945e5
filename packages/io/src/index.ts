export type { DirectoryEntry, DirectoryLock, FileDone, Files, OpenFile, OpenMode } from './files.ts'
export type { Listening, Network, Stream, StreamHandler } from './network.ts'
export type { World } from './world.ts'
export { nodeWorld } from './node/node-world.ts'
