/**
 * Waiting and trying again: exponential backoff with jitter, a deadline, an AbortSignal.
 */
import type { World } from '@moldau/io'
import { isKafkaError, KafkaError, plain } from '../errors.ts'

/** How often and how long to try. */
export interface RetryPolicy {
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

/** Options of calls that wait. */
export interface WaitOptions {
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The delay before attempt `attempt` (from 1): doubles up to the maximum, plus or minus a fifth. */
export function backoff(policy: RetryPolicy, attempt: number, world: World): number {
  const exponential = Math.min(
    policy.backoffMs * 2 ** Math.min(attempt - 1, 30),
    policy.backoffMaxMs,
  )
  return exponential * (0.8 + 0.4 * world.random.fraction())
}

/** Resolves after `delayMs`. @throws the signal's reason */
export function sleep(world: World, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error)
      return
    }
    const aborted = (): void => {
      timer.cancel()
      reject(signal?.reason as Error)
    }
    const timer = world.timers.after(delayMs, () => {
      signal?.removeEventListener('abort', aborted)
      resolve()
    })
    signal?.addEventListener('abort', aborted, { once: true })
  })
}

/** `promise`, or the signal's reason if that comes first. The work behind the promise goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      promise.catch(() => {})
      reject(signal.reason as Error)
      return
    }
    const aborted = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', aborted, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}

/**
 * Runs `attempt` until it succeeds, fails with an error that is not retriable, or the time is over.
 * @throws what the last attempt threw
 */
export async function retrying<T>(
  world: World,
  policy: RetryPolicy,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  const deadline = world.clock.monotonic() + options.timeoutMs
  for (let count = 1; ; count++) {
    options.signal?.throwIfAborted()
    try {
      return await abortable(attempt(), options.signal)
    } catch (error) {
      if (!isKafkaError(error) || !error.retriable) throw error
      const delay = backoff(policy, count, world)
      if (world.clock.monotonic() + delay > deadline) {
        if (error.code === 'TIMEOUT' || count === 1) throw error
        throw new KafkaError(error.code, {
          message: `${plain(error)}; gave up after ${count} attempts in ${options.timeoutMs} ms`,
          api: error.api,
          broker: error.broker,
          topicPartition: error.topicPartition,
          cause: error,
        })
      }
      await sleep(world, delay, options.signal)
    }
  }
}
