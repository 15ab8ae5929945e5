/** The broker that a suite talks to: Moldau, or with `PEER=kafka` the real Apache Kafka. */
import { BrokerProcess } from '../../packages/testing/src/broker-process.ts'
import { KafkaProcess } from '../kafka-process.ts'

export const peer = process.env['PEER'] === 'kafka' ? 'Apache Kafka 4.3.1' : 'Moldau'

/** For both: a member that crashes is missed soon. */
const settings = { 'group.min.session.timeout.ms': '1000' }

/** One broker, which can be started again on the same port and folder. */
export function createBroker(): Promise<BrokerProcess | KafkaProcess> {
  return peer === 'Moldau'
    ? BrokerProcess.create(settings)
    : KafkaProcess.create({ settings: { 'num.partitions': '1', ...settings } })
}
