export { Broker } from './broker.ts'
export { parseServerProperties, type ServerProperties } from './config.ts'
