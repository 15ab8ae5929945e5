/**
 * Producer ids, one after the other out of blocks that the controller hands out. Ids of a block that was begun when
 * the broker stopped are never used.
 */
import { Apis, errorName, ErrorCode, KafkaError } from '@moldau/protocol'
import type { ControllerChannel } from '@moldau/controller'

/** What a block is asked for with. */
export interface ProducerIdsOptions {
  readonly nodeId: number
  readonly brokerEpoch: () => number
  readonly controller: ControllerChannel
  readonly listenerName: string
}

export class ProducerIds {
  readonly #options: ProducerIdsOptions
  #next = 0
  #end = 0
  #refill: Promise<void> | undefined

  constructor(options: ProducerIdsOptions) {
    this.#options = options
  }

  /** A producer id that nobody had before. @throws KafkaError COORDINATOR_LOAD_IN_PROGRESS while there is no controller */
  async next(): Promise<number> {
    while (this.#next === this.#end) {
      this.#refill ??= this.#ask().finally(() => (this.#refill = undefined))
      await this.#refill
    }
    return this.#next++
  }

  async #ask(): Promise<void> {
    const { nodeId: brokerId, brokerEpoch, controller, listenerName: listener } = this.#options
    const context = {
      principal: `User:broker-${brokerId}`,
      listener,
      clientId: `broker-${brokerId}`,
    }
    const request = { brokerId, brokerEpoch: brokerEpoch() }
    const response = await controller
      .handle(Apis.AllocateProducerIds, 0, request, context)
      .catch((cause: unknown) => {
        // The one retriable error that all clients expect here, as in Kafka 4.3.1.
        throw new KafkaError(
          'COORDINATOR_LOAD_IN_PROGRESS',
          'The controller gave no producer ids',
          { cause },
        )
      })
    const errorCode = response.errorCode ?? ErrorCode.NONE
    if (errorCode !== ErrorCode.NONE) {
      throw new KafkaError(
        'COORDINATOR_LOAD_IN_PROGRESS',
        `The controller gave no producer ids: ${errorName(errorCode)}`,
      )
    }
    this.#next = response.producerIdStart ?? 0
    this.#end = this.#next + (response.producerIdLen ?? 0)
  }
}
