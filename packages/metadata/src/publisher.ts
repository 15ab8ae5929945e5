/** Who is told of a new image. */
import type { Steps } from '@moldau/base'
import type { ImageChanges } from './core/changes.ts'
import type { ClusterImage, Provenance } from './core/image.ts'

/**
 * Told of every new image, in order. Must not throw: the loader reports a throw as a fault of the node. What may take
 * long is given in steps: others have their turn in between, but the next image comes behind them.
 */
export interface MetadataPublisher {
  readonly name: string
  publish(image: ClusterImage, changes: ImageChanges, provenance: Provenance): Steps<void> | void
}
