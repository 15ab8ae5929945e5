/** The clients, as the tables name them, and the areas that their checks belong to. */

/** Each check of a suite belongs to one of these; its line reads `ok - area: behaviour`. */
export const areas = [
  'produce',
  'codecs',
  'records',
  'consume',
  'groups',
  'commits',
  'admin',
  'idempotence',
  'restart',
] as const
export type Area = (typeof areas)[number]

/** `folder` is the one under `compat/`; the version is the one that its `install.sh` pins. */
export type Client = {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly language: string
}

/** The longest first, so that none is left to run alone at the end. */
export const clients: readonly Client[] = [
  { folder: 'java', name: 'kafka-clients', version: '4.3.1', language: 'Java' },
  { folder: 'kcat', name: 'kcat (librdkafka)', version: '1.7.1', language: 'C' },
  { folder: 'kafka-python', name: 'kafka-python', version: '3.0.12', language: 'Python' },
  {
    folder: 'platformatic',
    name: '@platformatic/kafka',
    version: '2.12.1',
    language: 'JavaScript',
  },
  { folder: 'kafkajs', name: 'kafkajs', version: '2.2.4', language: 'JavaScript' },
  {
    folder: 'confluent-python',
    name: 'confluent-kafka (librdkafka)',
    version: '2.16.1',
    language: 'Python, C',
  },
  { folder: 'aiokafka', name: 'aiokafka', version: '0.14.0', language: 'Python' },
  { folder: 'franz-go', name: 'franz-go', version: '1.22.2', language: 'Go' },
  { folder: 'sarama', name: 'sarama', version: '1.61.1', language: 'Go' },
  { folder: 'kafka-go', name: 'kafka-go', version: '0.4.51', language: 'Go' },
  { folder: 'java-2.1', name: 'kafka-clients', version: '2.1.1', language: 'Java' },
  { folder: 'rdkafka', name: 'rdkafka (librdkafka)', version: '0.39.0', language: 'Rust, C' },
]
