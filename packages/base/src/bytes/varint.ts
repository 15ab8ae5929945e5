/** Sizes of varints, for those who lay bytes out before they write them. */

/** Bytes of an unsigned varint. */
export function unsignedVarintSize(value: number): number {
  const bits = 32 - Math.clz32(value >>> 0)
  return bits === 0 ? 1 : Math.ceil(bits / 7)
}

/** Bytes of a zig-zag varint of 32 bits. */
export function varintSize(value: number): number {
  return unsignedVarintSize((value << 1) ^ (value >> 31))
}

/** Bytes of a zig-zag varint of 64 bits. */
export function varlongSize(value: number): number {
  if (value >= -0x40000000 && value < 0x40000000) return varintSize(value)
  let rest = value < 0 ? -(value + 1) * 2 + 1 : value * 2
  let size = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    size++
  }
  return size
}
