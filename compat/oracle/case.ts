/**
 * What a case file is written against. A file under `cases/` exports `cases`, and `settings` where its brokers need
 * settings of their own; every file has a fresh broker on each side. A case talks to one side, without knowing which;
 * what it asks and observes there is recorded step by step, and the steps of both sides are compared.
 */
import type { ApiRow, Fields, StructInput, StructOf } from '@moldau/protocol'
import type { NotShown } from './semantics/not-shown.ts'

/** One named behaviour. */
export interface Case {
  readonly name: string
  readonly run: (side: Side) => Promise<void>
}

/** Of a case file. */
export interface CaseFile {
  readonly cases: readonly Case[]
  /** Settings of server.properties for both brokers. */
  readonly settings?: Readonly<Record<string, string>>
  /** What it should show and cannot. */
  readonly notShown?: readonly NotShown[]
}

/** Makes a case; its name is unique in the file. */
export function testCase(name: string, run: (side: Side) => Promise<void>): Case {
  return { name, run }
}

/** Sends an API's request in a version. */
type Asks<Result> = <Request extends Fields, Response extends Fields>(
  api: ApiRow<Request, Response>,
  version: number,
  request: StructInput<Request>,
) => Promise<StructOf<Response> & Result>

/** One TCP connection. Requests wait for each other's answers, unless raw frames are used. */
export interface Connection {
  /** Sends a request, records the pair. @throws when no answer comes within 20 s or the connection is closed */
  readonly ask: Asks<unknown>
  /** As `ask`, but no answer (`closed`, `silent` after 3 s) is a recorded result too: undefined. The connection is new after it. */
  attempt<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
  ): Promise<StructOf<Response> | undefined>
  /** As `ask`, but nothing is recorded: to prepare. */
  readonly quiet: Asks<unknown>
  /** Sends any bytes. */
  send(bytes: Uint8Array): void
  /** The next frame without its size; undefined when the broker closes instead, or, with a limit, `silent` after so long. */
  frame(): Promise<Buffer | undefined>
  frame(limitMs: number): Promise<Buffer | 'silent' | undefined>
  /** Says that nothing follows, but goes on reading. */
  finish(): void
  destroy(): void
}

/** One of the two brokers, as a case sees it. `ask`, `attempt` and `quiet` use its first connection. */
export interface Side extends Pick<Connection, 'ask' | 'attempt' | 'quiet'> {
  readonly peer: 'kafka' | 'moldau'
  readonly port: number
  /** A name for a topic, a group …: equal on both sides, used by no other case. */
  name(text: string): string
  /** One more connection, closed when the case ends. */
  connection(): Promise<Connection>
  /** Records anything comparable as an answer to a request; normalised as answers are. */
  observe(label: string, value: unknown): void
  /** Sends bytes over a connection of their own and records what comes: `closed`, `silent` (after 2 s) or the frame in hex. */
  raw(label: string, bytes: Uint8Array): Promise<void>
  /** Asks, unrecorded, until the answer is as wanted. @throws after 20 s */
  until<Request extends Fields, Response extends Fields>(
    api: ApiRow<Request, Response>,
    version: number,
    request: StructInput<Request>,
    isDone: (answer: StructOf<Response>) => boolean,
  ): Promise<StructOf<Response>>
  /** Makes a topic, unrecorded, and waits until each partition can be written; its id. */
  createTopic(name: string, options?: TopicOptions): Promise<string>
  /** Waits until the coordinator of a group answers. */
  readyGroup(groupId: string): Promise<void>
  /** Stops the broker with a signal (SIGTERM) and starts it again; all connections are new. */
  restart(signal?: NodeJS.Signals): Promise<void>
}

/** How a topic is made. */
export interface TopicOptions {
  readonly partitions?: number
  readonly configs?: Readonly<Record<string, string>>
}

/** A recorded step: what was asked or observed, and the normalised result. */
export interface Step {
  readonly label: string
  readonly api?: string
  readonly version?: number
  readonly answer: unknown
}

/** What one side answered in one case. */
export interface Recording {
  readonly name: string
  readonly steps: readonly Step[]
}
