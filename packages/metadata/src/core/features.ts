/**
 * Finalised features: a part of the cluster image, and what each metadata.version means for the records that may be
 * written under it (MetadataVersion of Kafka 4.3.1).
 */

/** The feature that says which record versions may be written. */
export const METADATA_VERSION = 'metadata.version'

/** The highest metadata.version whose records are understood: 30 is 4.3-IV0. */
export const METADATA_VERSION_MAX = 30

/** Levels of metadata.version from which something may be written. */
const levels = {
  inControlledShutdown: 7, // 3.3-IV3
  registrationMigration: 8, // 3.4-IV0
  transactions: 13, // 3.6-IV1
  controllerRegistration: 15, // 3.7-IV0
  directoryAssignment: 17, // 3.7-IV2
  eligibleLeaderReplicas: 23, // 4.0-IV1
  cordonedLogDirs: 30, // 4.3-IV0
} as const

/** Finalised levels of features, metadata.version among them. kraft.version is kept by raft, not here. */
export class FeaturesImage {
  readonly levels: ReadonlyMap<string, number>

  constructor(finalised: ReadonlyMap<string, number> = new Map()) {
    this.levels = finalised
  }

  /** The level of a feature; 0 when it is not finalised. */
  level(name: string): number {
    return this.levels.get(name) ?? 0
  }

  get metadataVersion(): number {
    return this.level(METADATA_VERSION)
  }

  get hasEligibleLeaderReplicas(): boolean {
    return this.level('eligible.leader.replicas.version') >= 1
  }

  /** This image with a feature at `level`; 0 removes it. */
  with(name: string, level: number): FeaturesImage {
    const finalised = new Map(this.levels)
    if (level === 0) finalised.delete(name)
    else finalised.set(name, level)
    return new FeaturesImage(finalised)
  }

  /** Versions of the records to be written under this metadata.version. */
  get recordVersions(): RecordVersions {
    const level = this.metadataVersion
    const partition =
      level >= levels.eligibleLeaderReplicas ? 2 : level >= levels.directoryAssignment ? 1 : 0
    return {
      partition,
      registerBroker:
        level >= levels.cordonedLogDirs
          ? 4
          : level >= levels.directoryAssignment
            ? 3
            : level >= levels.registrationMigration
              ? 2
              : level >= levels.inControlledShutdown
                ? 1
                : 0,
      registrationChange:
        level >= levels.cordonedLogDirs
          ? 3
          : level >= levels.directoryAssignment
            ? 2
            : level >= levels.inControlledShutdown
              ? 1
              : 0,
      hasTransactions: level >= levels.transactions,
      hasControllerRegistration: level >= levels.controllerRegistration,
    }
  }
}

/** Versions of records, and which records may be written at all. */
export interface RecordVersions {
  /** Of PartitionRecord and PartitionChangeRecord. */
  readonly partition: number
  readonly registerBroker: number
  readonly registrationChange: number
  readonly hasTransactions: boolean
  readonly hasControllerRegistration: boolean
}
