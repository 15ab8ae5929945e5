/** The size of a varint, for those who lay bytes out before they write them. */

/** Bytes of an unsigned varint. */
export function unsignedVarintSize(value: number): number {
  const bits = 32 - Math.clz32(value >>> 0)
  return bits === 0 ? 1 : Math.ceil(bits / 7)
}
