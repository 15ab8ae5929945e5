/**
 * The operations that a client may do, as bits of Kafka's AclOperation. Without an authorizer everything that a
 * resource knows is allowed; answers hold these numbers where the client asked for them.
 */

/** Bit of each operation, by Kafka's name. */
const bit = {
  read: 1 << 3,
  write: 1 << 4,
  create: 1 << 5,
  delete: 1 << 6,
  alter: 1 << 7,
  describe: 1 << 8,
  clusterAction: 1 << 9,
  describeConfigs: 1 << 10,
  alterConfigs: 1 << 11,
  idempotentWrite: 1 << 12,
} as const

/** Stands for "not asked". */
export const OPERATIONS_OMITTED = -2147483648

/** All that can be done with a topic. */
export const TOPIC_OPERATIONS =
  bit.read |
  bit.write |
  bit.create |
  bit.delete |
  bit.alter |
  bit.describe |
  bit.describeConfigs |
  bit.alterConfigs

/** All that can be done with a group. */
export const GROUP_OPERATIONS =
  bit.read | bit.delete | bit.describe | bit.describeConfigs | bit.alterConfigs

/** All that can be done with the cluster. */
export const CLUSTER_OPERATIONS =
  bit.create |
  bit.alter |
  bit.describe |
  bit.clusterAction |
  bit.describeConfigs |
  bit.alterConfigs |
  bit.idempotentWrite
