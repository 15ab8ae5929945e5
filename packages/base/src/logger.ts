/**
 * The logger that every package takes: an event and its fields. The server binds pino to it; tests and the
 * embedded broker use `silentLogger`. Record contents and secrets never go into a field.
 */

/** Fields of a log event: plain data. */
export type LogFields = Readonly<Record<string, unknown>>

/** Takes events. `event` is a short phrase such as `segment rolled`; values go into `fields`. */
export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** The same logger with a component name (and fields) added to every event. */
  child(component: string, fields?: LogFields): Logger
}

/** Drops every event. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
