/*
 * MurmurHash64A, the hash that spreads the elements of a HyperLogLog. It is part of
 * the format: registers filled by another server mean the same elements here. (The
 * hash of tables is siphash.ts, which a client cannot compute.)
 *
 * Austin Appleby's function, public domain:
 *
 *   h = seed ^ size * M
 *   for each 8 bytes, little endian:   k *= M, k ^= k >> 47, k *= M, h ^= k, h *= M
 *   for the 1 to 7 bytes that are left: h ^= them, h *= M
 *   h ^= h >> 47, h *= M, h ^= h >> 47             all modulo 2^64
 *
 * A 64-bit number is two signed 32-bit halves here. A product's lower half is one
 * imul; its upper half takes two more, and what the lower halves carry over.
 */
const M_HIGH = 0xc6a4a793 | 0
const M_LOW = 0x5bd1e995
const M_LOW_LOW = M_LOW & 0xffff
const M_LOW_HIGH = M_LOW >>> 16

/** Where a hash is written to: its upper and its lower half. */
export interface Hash64 {
  high: number
  low: number
}

/** Hashes `size` bytes of `buf` from `at`. `seed` has 32 bits. */
export function murmurHash64(buf: Uint8Array, at: number, size: number, seed: number, out: Hash64): void {
  // The product of the size and M, which a double cannot hold, in its halves.
  let low = size | 0
  let high = upperOfProduct(0, low)
  low = Math.imul(low, M_LOW) ^ seed
  const wordsEnd = at + (size & ~7)
  for (let i = at; i < wordsEnd; i += 8) {
    let kLow = buf[i] | (buf[i + 1] << 8) | (buf[i + 2] << 16) | (buf[i + 3] << 24)
    let kHigh = buf[i + 4] | (buf[i + 5] << 8) | (buf[i + 6] << 16) | (buf[i + 7] << 24)
    kHigh = upperOfProduct(kHigh, kLow)
    kLow = Math.imul(kLow, M_LOW)
    kLow ^= kHigh >>> 15
    high ^= upperOfProduct(kHigh, kLow)
    low ^= Math.imul(kLow, M_LOW)
    high = upperOfProduct(high, low)
    low = Math.imul(low, M_LOW)
  }
  const left = size & 7
  if (left > 0) {
    for (let i = 0; i < left; i++) {
      if (i < 4) low ^= buf[wordsEnd + i] << (8 * i)
      else high ^= buf[wordsEnd + i] << (8 * (i - 4))
    }
    high = upperOfProduct(high, low)
    low = Math.imul(low, M_LOW)
  }
  low ^= high >>> 15
  high = upperOfProduct(high, low)
  low = Math.imul(low, M_LOW)
  out.high = high
  out.low = low ^ (high >>> 15)
}

/** The upper half of the product of a number in halves and M. */
function upperOfProduct(high: number, low: number): number {
  return (Math.imul(high, M_LOW) + Math.imul(low, M_HIGH) + carried(low)) | 0
}

/** The upper half of the product of an unsigned 32-bit number and the lower half of M, by halves of 16 bits. */
function carried(low: number): number {
  const lower = low & 0xffff
  const upper = low >>> 16
  const inner = lower * M_LOW_HIGH + upper * M_LOW_LOW + ((lower * M_LOW_LOW) >>> 16)
  return (upper * M_LOW_HIGH + Math.floor(inner / 0x1_0000)) | 0
}
