export { newClusterValues } from './bootstrap.ts'
export { ControllerNode } from './controller-node.ts'
/** @public */
export type { ControllerChannel } from './controller-node.ts'
export type { ConfigRules } from './core/decision.ts'
export { SUPPORTED_FEATURES } from './core/features.ts'
export { topicNameProblem } from './core/topic-names.ts'
