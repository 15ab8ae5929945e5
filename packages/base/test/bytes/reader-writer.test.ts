import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LONG_MAX, LONG_MIN } from '../../src/bytes/int64.ts'
import { DecodeError, Reader } from '../../src/bytes/reader.ts'
import { unsignedVarintSize } from '../../src/bytes/varint.ts'
import { Writer } from '../../src/bytes/writer.ts'

function hex(write: (writer: Writer) => void): string {
  const writer = new Writer(1)
  write(writer)
  return writer.finish().toString('hex')
}

function reader(text: string): Reader {
  return new Reader(Buffer.from(text, 'hex'))
}

test('numbers are big-endian and come back', () => {
  const text = hex(writer => {
    writer.int8(-2)
    writer.int16(-0x8000)
    writer.uint16(0xffff)
    writer.int32(-0x80000000)
    writer.uint32(0xfffffffe)
    writer.float64(0.5)
    writer.boolean(true)
  })
  assert.equal(text, 'fe' + '8000' + 'ffff' + '80000000' + 'fffffffe' + '3fe0000000000000' + '01')
  const from = reader(text)
  assert.equal(from.int8(), -2)
  assert.equal(from.int16(), -0x8000)
  assert.equal(from.uint16(), 0xffff)
  assert.equal(from.int32(), -0x80000000)
  assert.equal(from.uint32(), 0xfffffffe)
  assert.equal(from.float64(), 0.5)
  assert.equal(from.boolean(), true)
  assert.equal(from.remaining, 0)
})

const longs: readonly (readonly [number, string])[] = [
  [0, '0000000000000000'],
  [-1, 'ffffffffffffffff'],
  [Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
  [Number.MIN_SAFE_INTEGER, 'ffe0000000000001'],
  [LONG_MAX, '7fffffffffffffff'],
  [LONG_MIN, '8000000000000000'],
]

test('an int64 is exact between the safe integers and at both extremes', () => {
  for (const [value, text] of longs) {
    assert.equal(
      hex(writer => writer.int64(value)),
      text,
    )
    assert.equal(reader(text).int64(), value)
    assert.equal(reader(hex(writer => writer.varlong(value))).varlong(), value)
  }
})

test('an int64 that a number does not hold exactly is refused, never rounded', () => {
  for (const value of [2 ** 53, -(2 ** 53), 2 ** 62, 2 ** 64, 0.5, NaN, Infinity]) {
    assert.throws(() => hex(writer => writer.int64(value)), RangeError)
    assert.throws(() => hex(writer => writer.varlong(value)), RangeError)
  }
  for (const text of [
    '0020000000000000',
    'ffe0000000000000',
    '7ffffffffffffffe',
    '8000000000000001',
  ])
    assert.throws(() => reader(text).int64(), DecodeError)
  // Zig-zag of 2^53 and of 2^63-2.
  for (const text of ['8080808080808020', 'fcffffffffffffffff01'])
    assert.throws(() => reader(text).varlong(), DecodeError)
})

test('numbers beyond their type are refused', () => {
  assert.throws(() => hex(writer => writer.int8(128)), RangeError)
  assert.throws(() => hex(writer => writer.int16(-0x8001)), RangeError)
  assert.throws(() => hex(writer => writer.uint16(-1)), RangeError)
  assert.throws(() => hex(writer => writer.int32(2 ** 31)), RangeError)
  assert.throws(() => hex(writer => writer.uint32(1.5)), RangeError)
})

test('varints have the bytes of protocol buffers', () => {
  const varints: readonly (readonly [number, string])[] = [
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-64, '7f'],
    [64, '8001'],
    [0x7fffffff, 'feffffff0f'],
    [-0x80000000, 'ffffffff0f'],
  ]
  for (const [value, text] of varints) {
    assert.equal(
      hex(writer => writer.varint(value)),
      text,
    )
    assert.equal(
      hex(writer => writer.varlong(value)),
      text,
    )
    assert.equal(reader(text).varint(), value)
    assert.equal(reader(text).varlong(), value)
  }
  for (let bit = 0; bit < 32; bit++)
    for (const value of [2 ** bit, 2 ** bit - 1]) {
      const text = hex(writer => writer.unsignedVarint(value))
      assert.equal(reader(text).unsignedVarint(), value)
      assert.equal(text.length / 2, unsignedVarintSize(value))
      const far = 2 ** (bit + 21) - 1
      assert.equal(reader(hex(writer => writer.varlong(far))).varlong(), far)
      assert.equal(reader(hex(writer => writer.varlong(-far))).varlong(), -far)
    }
})

test('a varint that is too long or cut short is refused', () => {
  for (const text of ['', '80', 'ffffffffff01'])
    assert.throws(() => reader(text).unsignedVarint(), DecodeError)
  for (const text of ['', '80', 'ffffffffffffffffffff01'])
    assert.throws(() => reader(text).varlong(), DecodeError)
})

test('bits of a varint beyond the number are ignored, as Kafka 4.3.1 does', () => {
  assert.equal(reader('818080801f').unsignedVarint(), 0xf0000001)
  assert.equal(reader('8280808080808080807e').varlong(), 1)
})

test('half of a surrogate pair is one replacement character, as in Java', () => {
  assert.equal(reader('61eda08062').string(5), 'a\u{fffd}b')
  assert.equal(reader('f09f8c').string(3), '\u{fffd}')
  assert.equal(reader('edb79d').string(3), '\u{fffd}')
  assert.equal(reader('eda0').string(2), Buffer.from('eda0', 'hex').toString())
})

test('text is UTF-8, short or long, plain or not', () => {
  for (const text of ['', 'orders', 'größe', '川'.repeat(100), 'a'.repeat(1000)]) {
    const writer = new Writer(1)
    const length = writer.string(text)
    assert.equal(length, Buffer.byteLength(text))
    assert.equal(new Reader(writer.finish()).string(length), text)
  }
})

test('bytes are a view, and nothing is read beyond the end', () => {
  const buffer = Buffer.from('0102030405', 'hex')
  const from = new Reader(buffer, 1, 4)
  assert.equal(from.bytes(2).buffer, buffer.buffer)
  assert.throws(() => from.int16(), DecodeError)
  assert.throws(() => from.bytes(-1), DecodeError)
  assert.equal(from.int8(), 4)
  assert.throws(() => from.int8(), DecodeError)
  assert.throws(() => from.string(0x7fffffff), DecodeError)
})
