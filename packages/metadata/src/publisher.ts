/** Who is told of a new image. */
import type { ImageChanges } from './core/changes.ts'
import type { ClusterImage, Provenance } from './core/image.ts'

/** Told of every new image, in order. Must not throw: the loader reports a throw as a fault of the node. */
export interface MetadataPublisher {
  readonly name: string
  publish(image: ClusterImage, changes: ImageChanges, provenance: Provenance): void
}
