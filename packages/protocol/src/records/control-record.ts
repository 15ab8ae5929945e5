/**
 * Control records: what brokers and controllers write into a log for one another. The key tells the type; the value
 * of a transaction marker is encoded here, those of the quorum's records are messages of the protocol
 * (`LeaderChangeMessage` and so on).
 */
import { DecodeError } from '@moldau/base'

/** The position is the type on the wire. */
const types = [
  'abort',
  'commit',
  'leader-change',
  'snapshot-header',
  'snapshot-footer',
  'kraft-version',
  'kraft-voters',
] as const

/** What a control record is about. */
export type ControlRecordType = (typeof types)[number]

const keyVersion = 0
const markerVersion = 0

/** Key of a control record of this type. */
export function encodeControlKey(type: ControlRecordType): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeInt16BE(keyVersion, 0)
  key.writeInt16BE(types.indexOf(type), 2)
  return key
}

/** Type of a control record by its key; undefined for a type of a later Kafka. @throws DecodeError */
export function decodeControlKey(key: Buffer | null): ControlRecordType | undefined {
  if (key === null || key.length < 4)
    throw new DecodeError('Cannot read the key of a control record')
  return types[key.readInt16BE(2)]
}

/** Value of an `abort` or `commit` record. */
export function encodeTransactionMarker(marker: { coordinatorEpoch: number }): Buffer {
  const value = Buffer.allocUnsafe(6)
  value.writeInt16BE(markerVersion, 0)
  value.writeInt32BE(marker.coordinatorEpoch, 2)
  return value
}

/** @throws DecodeError */
export function decodeTransactionMarker(value: Buffer | null): { coordinatorEpoch: number } {
  if (value === null || value.length < 6)
    throw new DecodeError('Cannot read the value of a transaction marker')
  return { coordinatorEpoch: value.readInt32BE(2) }
}
