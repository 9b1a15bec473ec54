/*
 * A string as the bits that SETBIT and GETBIT number: bit 0 is the highest of
 * the first byte.
 */
export const BYTES_PER_BIT_LINE = 8

export const bitAt = (bytes: Uint8Array, bit: number): 0 | 1 =>
  (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) as 0 | 1

/** A copy in which one bit is the other one. */
export function withFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice()
  flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
  return flipped
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

export function countOnes(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) count += ONES[byte]!
  return count
}

/** The first bit from `from` on that is set; -1: none is. */
export function nextOne(bytes: Uint8Array, from: number): number {
  for (let bit = from; bit < bytes.length * 8; ) {
    if (bytes[bit >> 3] === 0) bit = (bit | 7) + 1
    else if (bitAt(bytes, bit) === 1) return bit
    else bit++
  }
  return -1
}
