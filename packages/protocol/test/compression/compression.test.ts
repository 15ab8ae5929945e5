import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { DecodeError } from '@moldau/base'
import {
  compress,
  compressionById,
  compressionId,
  decompress,
  decompressBriefly,
  DecompressedTooLargeError,
  decompressSlowly,
} from '../../src/index.ts'
import { compressSlowly } from '../../src/compression/slowly.ts'
import { zstdDecompressKept } from '../../src/compression/kept-zstd.ts'
import { xxhash32 } from '../../src/compression/xxhash32.ts'

const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const

/** Repeats itself, but not only: every codec finds something and keeps something. */
function sample(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[i] = i % 50 < 30 ? (i >> 6) & 0xff : state >>> 24
  }
  return bytes
}

test('knows the ids of Kafka', () => {
  assert.deepEqual([0, 1, 2, 3, 4].map(compressionById), ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
  assert.equal(compressionId('lz4'), 3)
  assert.throws(() => compressionById(5), /unknown/)
})

for (const codec of codecs) {
  test(`gives back what ${codec} compressed, at every size`, () => {
    for (const length of [0, 1, 100, 32_768, 32_769, 65_536, 65_537, 300_000, 5_000_000]) {
      const data = sample(length)
      const restored = decompress(codec, compress(codec, data), length)
      assert.ok(restored.equals(data), `${length} bytes`)
    }
  })

  test(`stops ${codec} at the bound`, () => {
    const compressed = compress(codec, Buffer.alloc(1_000_000))
    assert.throws(() => decompress(codec, compressed, 999_999), DecompressedTooLargeError)
    assert.equal(decompress(codec, compressed, 1_000_000).length, 1_000_000)
  })

  test(`refuses ${codec} data that is cut short or garbage`, () => {
    const compressed = compress(codec, sample(10_000))
    for (const cut of [1, 5, 8, 17, 100, compressed.length - 1])
      assert.throws(() => decompress(codec, compressed.subarray(0, cut), 20_000), {
        name: /DecodeError|TooLarge/,
      })
    assert.throws(() => decompress(codec, Buffer.alloc(64, 0xee), 20_000))
  })
}

for (const codec of codecs) {
  test(`gives the same of ${codec} slowly, with rests`, async () => {
    let restCount = 0
    const rest = () => {
      restCount++
      return Promise.resolve()
    }
    for (const length of [0, 1, 300_000, 5_000_000]) {
      const data = sample(length)
      const compressed = await compressSlowly(codec, data, undefined, rest)
      assert.ok(decompress(codec, compressed, length).equals(data), `${length} bytes`)
      const restored = await decompressSlowly(codec, compressed, length, rest)
      assert.ok(restored.equals(data), `${length} bytes`)
    }
    assert.ok(restCount >= 5)
    const compressed = compress(codec, Buffer.alloc(1_000_000))
    await assert.rejects(
      decompressSlowly(codec, compressed, 999_999, rest),
      DecompressedTooLargeError,
    )
    const cut = compressed.subarray(0, compressed.length - 1)
    await assert.rejects(decompressSlowly(codec, cut, 1_000_000, rest), DecodeError)
  })
}

test('refuses slowly what it refuses at once, with the same words', async () => {
  for (const codec of codecs) {
    const small = compress(codec, Buffer.alloc(10))
    for (const data of [
      Buffer.alloc(0),
      Buffer.alloc(64, 0xee),
      Buffer.concat([small, Buffer.from('more')]),
    ]) {
      const atOnce = await new Promise<Buffer>(resolve => resolve(decompress(codec, data, 100)))
        .then(String)
        .catch(String)
      const slowly = await decompressSlowly(codec, data, 100, () => undefined)
        .then(String)
        .catch(String)
      assert.equal(slowly, atOnce, codec)
    }
  }
})

test('reads all members of gzip data and all frames of zstd data slowly, too', async () => {
  const noRest = () => undefined
  const members = Buffer.concat([gzipSync('one '), gzipSync('two')])
  assert.equal(String(await decompressSlowly('gzip', members, 100, noRest)), 'one two')
  const frames = Buffer.concat([zstdCompressSync('one '), zstdCompressSync('two')])
  assert.equal(String(await decompressSlowly('zstd', frames, 100, noRest)), 'one two')
  await assert.rejects(decompressSlowly('zstd', frames, 6, noRest), DecompressedTooLargeError)
})

test('does not read briefly what is in very many parts', () => {
  const block = Buffer.concat([uint32(0x80000001), Buffer.from('a')])
  const lz4 = compress('lz4', Buffer.from('a'))
  const parts = {
    snappy: Buffer.concat([
      compress('snappy', Buffer.alloc(0)),
      ...Array.from({ length: 200 }, () => Buffer.from([0, 0, 0, 3, 1, 0, 97])),
    ]),
    lz4: Buffer.concat([
      lz4.subarray(0, 7),
      ...Array.from({ length: 200 }, () => block),
      uint32(0),
    ]),
    zstd: Buffer.concat(Array.from({ length: 200 }, () => zstdCompressSync('a'))),
  }
  for (const codec of ['snappy', 'lz4', 'zstd'] as const) {
    assert.equal(String(decompress(codec, parts[codec], 200)), 'a'.repeat(200))
    assert.throws(() => decompressBriefly(codec, parts[codec], 200), DecompressedTooLargeError)
  }
})

test('reads all members of gzip data', () => {
  const members = Buffer.concat([gzipSync('one '), gzipSync('two')])
  assert.equal(decompress('gzip', members, 100).toString(), 'one two')
})

test('reads all frames of zstd data, and the first of lz4, as Kafka does', () => {
  const twoOf = (codec: 'zstd' | 'lz4') =>
    Buffer.concat([compress(codec, sample(300)), compress(codec, Buffer.alloc(40_000, 'a'))])
  const both = Buffer.concat([sample(300), Buffer.alloc(40_000, 'a')])
  assert.ok(decompress('zstd', twoOf('zstd'), 40_300).equals(both))
  assert.throws(() => decompress('zstd', twoOf('zstd'), 40_299), DecompressedTooLargeError)
  assert.ok(decompress('lz4', twoOf('lz4'), 300).equals(sample(300)))
  const more = Buffer.concat([compress('zstd', sample(300)), Buffer.from('more')])
  assert.throws(() => decompress('zstd', more, 1000), DecodeError)
})

test('checks the size that a zstd frame states before it decompresses', () => {
  const stated = zstdCompressSync(Buffer.alloc(100_000), {
    pledgedSrcSize: 100_000,
    params: { [constants.ZSTD_c_contentSizeFlag]: 1 },
  })
  assert.throws(() => decompress('zstd', stated.subarray(0, 12), 1000), DecompressedTooLargeError)
})

test('lends the same as it gives, whatever frame came before', () => {
  const frames = [
    compress('zstd', sample(16_000)),
    compress('zstd', sample(16_000)).subarray(0, 9_000),
    compress('zstd', sample(1)),
    Buffer.alloc(64, 0xee),
    compress('zstd', sample(300_000)),
    Buffer.concat([compress('zstd', sample(500)), Buffer.from('more')]),
    compress('zstd', Buffer.alloc(0)),
    Buffer.alloc(0),
    compress('zstd', sample(20_001)),
    compress('zstd', sample(20_000)),
  ]
  const outcome = (read: typeof decompress, frame: Buffer): string => {
    try {
      return read('zstd', frame, 300_000).toString('hex')
    } catch (error) {
      return String(error)
    }
  }
  for (const frame of frames)
    assert.equal(outcome(decompressBriefly, frame), outcome(decompress, frame))
  const large = compress('zstd', sample(16_000))
  assert.throws(() => decompressBriefly('zstd', large, 15_999), DecompressedTooLargeError)
})

test('keeps its zstd decoder', () => {
  // Node's internals are used for it: this fails when a new Node has changed them.
  assert.ok(zstdDecompressKept(compress('zstd', sample(16_000)), 16_000)?.equals(sample(16_000)))
})

test('reads lz4 blocks that hold far more than they seem to', () => {
  const data = Buffer.alloc(3_000_000, 'a')
  assert.ok(decompress('lz4', compress('lz4', data), data.length).equals(data))
})

test('reads plain snappy as well as the framing of Java', () => {
  // Length 5, then one literal of five bytes.
  const plain = Buffer.concat([Buffer.from([5, 4 << 2]), Buffer.from('hello')])
  assert.equal(decompress('snappy', plain, 5).toString(), 'hello')
  assert.equal(compress('snappy', Buffer.from('x')).toString('latin1', 1, 7), 'SNAPPY')
})

test('does not believe a snappy block that claims far more than it could hold', () => {
  const lie = Buffer.from([0xff, 0xff, 0xff, 0x0f, 0])
  assert.throws(() => decompress('snappy', lie, 2 ** 30), /claims/)
})

test('reads lz4 blocks that are stored, with checksums, with a content size', () => {
  const descriptor = Buffer.from([0b0111_1100, 0x40, 5, 0, 0, 0, 0, 0, 0, 0])
  const data = Buffer.from('hello')
  const frame = Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18]),
    descriptor,
    Buffer.from([(xxhash32(descriptor, 0, 10) >>> 8) & 0xff]),
    uint32(0x80000005),
    data,
    uint32(xxhash32(data, 0, 5)),
    uint32(0),
    uint32(xxhash32(data, 0, 5)),
  ])
  assert.equal(decompress('lz4', frame, 5).toString(), 'hello')
  assert.throws(() => decompress('lz4', frame, 4), DecompressedTooLargeError)
  const broken = Buffer.from(frame)
  broken[20] = 0x40
  assert.throws(() => decompress('lz4', broken, 5), /checksum of a block/)
  broken[14] = 0
  assert.throws(() => decompress('lz4', broken, 5), /checksum of the frame header/)
})

test('reads lz4 blocks that refer to the one before', () => {
  const descriptor = Buffer.from([0b0100_0000, 0x40])
  // Literal "abcdefghijkl"; then: copy 12 from 12 back (into the block before), then the literal "END..".
  const first = Buffer.concat([Buffer.from([0xc0]), Buffer.from('abcdefghijkl')])
  const second = Buffer.concat([Buffer.from([0x08, 12, 0, 0x50]), Buffer.from('END..')])
  const frame = Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18]),
    descriptor,
    Buffer.from([(xxhash32(descriptor, 0, 2) >>> 8) & 0xff]),
    uint32(first.length),
    first,
    uint32(second.length),
    second,
    uint32(0),
  ])
  assert.equal(decompress('lz4', frame, 100).toString(), 'abcdefghijklabcdefghijklEND..')
})

test('hashes as XXH32 does', () => {
  const text = Buffer.from('Nobody inspects the spammish repetition')
  assert.equal(xxhash32(text, 0, text.length), 0xe2293b2f)
  assert.equal(xxhash32(text, 0, 0), 0x02cc5d05)
})

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
