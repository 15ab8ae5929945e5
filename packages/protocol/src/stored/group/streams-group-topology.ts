/** A record of `__consumer_offsets` (type 23): key and value. */
import { array, int16, int32, never, stored, string, struct, type MessageOf } from '../../schema.ts'

export const StreamsGroupTopologyKey = stored('StreamsGroupTopologyKey', 23, [0, 0], never, {
  groupId: string,
})
export type StreamsGroupTopologyKey = MessageOf<typeof StreamsGroupTopologyKey>

const topicConfig = struct({
  key: string,
  value: string,
})

const topicInfo = struct({
  name: string,
  partitions: int32,
  replicationFactor: int16,
  topicConfigs: array(topicConfig),
})

export const StreamsGroupTopologyValue = stored('StreamsGroupTopologyValue', 23, [0, 0], 0, {
  epoch: int32,
  subtopologies: array({
    subtopologyId: string,
    sourceTopics: array(string),
    sourceTopicRegex: array(string),
    stateChangelogTopics: array(topicInfo),
    repartitionSinkTopics: array(string),
    repartitionSourceTopics: array(topicInfo),
    copartitionGroups: array({
      sourceTopics: array(int16),
      sourceTopicRegex: array(int16),
      repartitionSourceTopics: array(int16),
    }),
  }),
})
export type StreamsGroupTopologyValue = MessageOf<typeof StreamsGroupTopologyValue>
