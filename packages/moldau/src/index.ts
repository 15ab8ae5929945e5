/** @public */
export { type RunningBroker, startBroker, type StartBrokerOptions } from './start-broker.ts'
