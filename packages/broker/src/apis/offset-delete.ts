/**
 * OffsetDelete (key 47), version 0: forgets how far a group has read some partitions (KIP-496). Partitions that do not
 * exist are refused here, the rest goes to the coordinator.
 */
import { Apis, ErrorCode, type OffsetDeleteRequest } from '@moldau/protocol'
import { groupContext } from './group-context.ts'
import { serve } from './serve.ts'

type DeleteTopic = OffsetDeleteRequest['topics'][number]

export const offsetDelete = serve(Apis.OffsetDelete, {
  authorize() {},

  async handle(request, context) {
    const image = context.broker.image()
    const exists = (topic: string, partition: number) =>
      image.topics.byName(topic)?.partitions[partition] !== undefined
    const split = (topic: DeleteTopic, wanted: boolean) => ({
      ...topic,
      partitions: topic.partitions.filter(
        ({ partitionIndex }) => exists(topic.name, partitionIndex) === wanted,
      ),
    })
    const known = request.topics.map(topic => split(topic, true))
    const response = await context.broker.groups.offsetDelete(
      { ...request, topics: known.filter(topic => topic.partitions.length > 0) },
      groupContext(context),
    )
    if (response.errorCode !== ErrorCode.NONE) return response
    const deleted = new Map(response.topics.map(topic => [topic.name, topic.partitions]))
    return {
      ...response,
      topics: request.topics
        .filter(({ partitions }) => partitions.length > 0)
        .map(topic => ({
          name: topic.name,
          partitions: [
            ...split(topic, false).partitions.map(({ partitionIndex }) => ({
              partitionIndex,
              errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            })),
            ...(deleted.get(topic.name) ?? []),
          ],
        })),
    }
  },

  refuse: (_request, { errorCode }) => ({ errorCode, topics: [] }),
})
