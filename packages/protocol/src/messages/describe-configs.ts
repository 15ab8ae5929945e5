/** DescribeConfigs (API key 32). */
import { array, boolean, int16, int32, int8, message, string, type MessageOf } from '../schema.ts'

export const DescribeConfigsRequest = message('DescribeConfigsRequest', [1, 4], 4, {
  resources: array({
    resourceType: int8,
    resourceName: string,
    configurationKeys: array(string).nullable(),
  }),
  includeSynonyms: boolean.default(false),
  includeDocumentation: boolean.since(3).default(false),
})
export type DescribeConfigsRequest = MessageOf<typeof DescribeConfigsRequest>

export const DescribeConfigsResponse = message('DescribeConfigsResponse', [1, 4], 4, {
  throttleTimeMs: int32.default(0),
  results: array({
    errorCode: int16,
    errorMessage: string.nullable(),
    resourceType: int8,
    resourceName: string,
    configs: array({
      name: string,
      value: string.nullable(),
      readOnly: boolean,
      configSource: int8.default(-1).ignorable(),
      isSensitive: boolean,
      synonyms: array({
        name: string,
        value: string.nullable(),
        source: int8,
      }).ignorable(),
      configType: int8.since(3).default(0).ignorable(),
      documentation: string.since(3).nullable(3).ignorable(),
    }),
  }),
})
export type DescribeConfigsResponse = MessageOf<typeof DescribeConfigsResponse>
