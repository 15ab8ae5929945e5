export { newClusterValues } from './bootstrap.ts'
export {
  ControllerNode,
  type ControllerChannel,
  type ControllerNodeOptions,
  type ControllerRequestContext,
} from './controller-node.ts'
export type { ConfigRules, ControllerConfig, DescribedConfig, Problem } from './core/decision.ts'
export { SUPPORTED_FEATURES, type UnservedFeature } from './core/features.ts'
export { topicNameProblem } from './core/topic-names.ts'
