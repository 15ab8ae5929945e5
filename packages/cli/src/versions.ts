/** The version of Moldau, and of the Apache Kafka that it answers as. */
export const versions = { moldau: '0.1.0', kafka: '4.3.1' } as const
