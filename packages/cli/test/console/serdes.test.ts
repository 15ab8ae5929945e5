import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError, deserializer } from '../../src/console/serdes.ts'

function read(name: string, hex: string): string | undefined {
  return deserializer(`org.apache.kafka.common.serialization.${name}`)?.(
    Buffer.from(hex, 'hex'),
  ).toString()
}

test('reads whole numbers in big-endian bytes', () => {
  assert.equal(read('ShortDeserializer', 'fffe'), '-2')
  assert.equal(read('IntegerDeserializer', '0000002a'), '42')
  assert.equal(read('LongDeserializer', '7fffffffffffffff'), '9223372036854775807')
})

test('prints floating numbers as Java does', () => {
  const double = (value: number): string | undefined => {
    const data = Buffer.alloc(8)
    data.writeDoubleBE(value)
    return read('DoubleDeserializer', data.toString('hex'))
  }
  assert.deepEqual(
    [1, -0, 0.1, 1234567.5, 1e7, 1.5e10, 0.001, 0.0001, NaN, -Infinity].map(double),
    ['1.0', '-0.0', '0.1', '1234567.5', '1.0E7', '1.5E10', '0.001', '1.0E-4', 'NaN', '-Infinity'],
  )
  assert.equal(read('FloatDeserializer', '3dcccccd'), '0.1')
  assert.equal(read('FloatDeserializer', '4b800000'), '1.6777216E7')
})

test('refuses data of another size', () => {
  assert.throws(
    () => read('IntegerDeserializer', '00'),
    new DecodeError('Size of data received by IntegerDeserializer is not 4'),
  )
})

test('does not know classes of others', () => {
  assert.equal(deserializer('foo.Bar'), undefined)
  assert.equal(deserializer('constructor'), undefined)
})
