/*
 * CRC-64 as RDB files and DUMP payloads end with it ("Jones"): polynomial
 * 0xad93d23594c935a9, reflected in and out, nothing added at either end; of
 * "123456789" it is e9c6d914c4b8d9ca.
 *
 * JavaScript has no fast integers of 64 bits, so a sum is two halves of 32.
 * Eight bytes are taken at a time: table k says what a byte does to the sum once
 * k zero bytes have followed it, so that the eight look-ups do not wait for each
 * other (slicing by 8, Kounavis and Berry 2005).
 */

/** The polynomial with its bits in reverse. */
const POLYNOMIAL_HIGH = 0x95ac9329 | 0
const POLYNOMIAL_LOW = 0xac4bc9b5 | 0
const SLICES = 8
const BYTES = 256
/** The bytes of a sum. */
export const CRC64_SIZE = 8

const lows = new Int32Array(SLICES * BYTES)
const highs = new Int32Array(SLICES * BYTES)

for (let byte = 0; byte < BYTES; byte++) {
  let low = byte
  let high = 0
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) !== 0
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (!isOdd) continue
    low ^= POLYNOMIAL_LOW
    high ^= POLYNOMIAL_HIGH
  }
  lows[byte] = low
  highs[byte] = high
}
for (let at = BYTES; at < SLICES * BYTES; at++) {
  const low = lows[at - BYTES]
  const high = highs[at - BYTES]
  lows[at] = ((low >>> 8) | (high << 24)) ^ lows[low & 0xff]
  highs[at] = (high >>> 8) ^ highs[low & 0xff]
}

/** A running sum over any number of pieces. */
export class Crc64 {
  private low = 0
  private high = 0

  add(buf: Uint8Array, at: number, size: number): this {
    let { low, high } = this
    let i = at
    const end = at + size
    for (; i + 8 <= end; i += 8) {
      const a = low ^ (buf[i] | (buf[i + 1] << 8) | (buf[i + 2] << 16) | (buf[i + 3] << 24))
      const b = high ^ (buf[i + 4] | (buf[i + 5] << 8) | (buf[i + 6] << 16) | (buf[i + 7] << 24))
      const p = 1792 | (a & 0xff)
      const q = 1536 | ((a >>> 8) & 0xff)
      const r = 1280 | ((a >>> 16) & 0xff)
      const s = 1024 | (a >>> 24)
      const t = 768 | (b & 0xff)
      const u = 512 | ((b >>> 8) & 0xff)
      const v = 256 | ((b >>> 16) & 0xff)
      const w = b >>> 24
      low = lows[p] ^ lows[q] ^ lows[r] ^ lows[s] ^ lows[t] ^ lows[u] ^ lows[v] ^ lows[w]
      high = highs[p] ^ highs[q] ^ highs[r] ^ highs[s] ^ highs[t] ^ highs[u] ^ highs[v] ^ highs[w]
    }
    for (; i < end; i++) {
      const byte = (low ^ buf[i]) & 0xff
      low = ((low >>> 8) | (high << 24)) ^ lows[byte]
      high = (high >>> 8) ^ highs[byte]
    }
    this.low = low
    this.high = high
    return this
  }

  /**
   * Changes the sum to what it would be had the first bytes been others: `difference` is what they were
   * XOR what they should have been, and `size` bytes followed them. A sum is linear over GF(2), so the
   * difference has a sum of its own, which the bytes that followed do not change but as zeros would.
   */
  exchange(difference: Uint8Array, size: number): void {
    const other = new Crc64().add(difference, 0, difference.length)
    let sum = (BigInt(other.high >>> 0) << 32n) | BigInt(other.low >>> 0)
    // What one zero byte does to each bit of a sum; then what two do, four, eight ...
    let step = Array.from({ length: 64 }, (_, bit) => afterZeroByte(1n << BigInt(bit)))
    for (let left = size; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) sum = transformed(step, sum)
      step = step.map((column) => transformed(step, column))
    }
    this.low ^= Number(sum & 0xffff_ffffn)
    this.high ^= Number(sum >> 32n)
  }

  /** Writes the sum, CRC64_SIZE bytes, little endian. */
  write(buf: Uint8Array, at: number): void {
    for (let i = 0; i < 4; i++) {
      buf[at + i] = this.low >>> (i << 3)
      buf[at + 4 + i] = this.high >>> (i << 3)
    }
  }

  /** Whether the bytes at `at` are this sum. */
  matches(buf: Uint8Array, at: number): boolean {
    const sum = new Uint8Array(CRC64_SIZE)
    this.write(sum, 0)
    return sum.every((byte, i) => byte === buf[at + i])
  }
}

function afterZeroByte(sum: bigint): bigint {
  const byte = Number(sum & 0xffn)
  const entry = (BigInt(highs[byte] >>> 0) << 32n) | BigInt(lows[byte] >>> 0)
  return (sum >> 8n) ^ entry
}

/** The sum of the columns that `value` selects bit by bit. */
function transformed(columns: readonly bigint[], value: bigint): bigint {
  let result = 0n
  for (let bit = 0; bit < 64; bit++) if ((value >> BigInt(bit)) & 1n) result ^= columns[bit]
  return result
}
