export { assert, AssertionError } from './assert.ts'
export type { Clock, Timer, Timers } from './clock.ts'
export { silentLogger, type LogFields, type Logger } from './logger.ts'
export type { Random } from './random.ts'
