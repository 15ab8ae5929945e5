// The codecs that kafkajs leaves to others, put in through its own registry.
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'
import snappy from 'snappy'

const { CompressionCodecs, CompressionTypes } = kafkajs
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: encoder => snappy.compress(encoder.buffer),
  decompress: buffer => unxerial(buffer),
})
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => lz4.compressFrame(encoder.buffer),
  decompress: buffer => lz4.decompressFrame(buffer),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: encoder => promisify(zlib.zstdCompress)(encoder.buffer),
  decompress: buffer => promisify(zlib.zstdDecompress)(buffer),
})

/** Snappy as Java frames it, or plain. */
async function unxerial(buffer) {
  if (buffer.toString('latin1', 1, 7) !== 'SNAPPY') return snappy.uncompress(buffer)
  const parts = []
  for (let at = 16; at < buffer.length;) {
    const size = buffer.readInt32BE(at)
    parts.push(await snappy.uncompress(buffer.subarray(at + 4, at + 4 + size)))
    at += 4 + size
  }
  return Buffer.concat(parts)
}
