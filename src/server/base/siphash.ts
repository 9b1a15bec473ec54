/*
 * HalfSipHash-1-3 with a 64-bit key and a 32-bit result: the hash of every table.
 *
 * Keyed, because clients choose the keys: with a hash they can compute they
 * could aim all of them at one group of the table. Half (32-bit words), because
 * JavaScript has no 64-bit integers worth having. One round a word and three at
 * the end is what Redis and Valkey chose for the same purpose with the full one.
 *
 *   state  v0 = key0, v1 = key1, v2 = key0 ^ 'lyge', v3 = key1 ^ 'tedb'
 *   body   for each little-endian word m: v3 ^= m, one round, v0 ^= m
 *   tail   the last word is (size & 255) << 24 | the 0..3 bytes that are left
 *   end    v2 ^= 255, three rounds, result v1 ^ v3
 *
 * Results are signed 32-bit integers: those stay small integers in V8, while the
 * upper half of the unsigned ones would each become a heap object.
 */
import { randomBytes } from 'node:crypto'
import { wideOf } from './wide-bytes.ts'

const INITIAL_V2 = 0x6c796765
const INITIAL_V3 = 0x74656462

/** A hash key: two words. In shared memory, so that every thread can hash alike. */
export type HashKey = Int32Array

export function createHashKey(bytes: Uint8Array = randomBytes(8)): HashKey {
  const key = new Int32Array(new SharedArrayBuffer(8))
  new Uint8Array(key.buffer).set(bytes.subarray(0, 8))
  return key
}

/** The hash of `size` bytes of `buf` from `at`. Any alignment. */
export function sipHash(key: HashKey, buf: Uint8Array, at: number, size: number): number {
  let v0 = key[0]
  let v1 = key[1]
  let v2 = v0 ^ INITIAL_V2
  let v3 = v1 ^ INITIAL_V3
  const wordsEnd = at + (size & ~3)
  const wide = wideOf(buf)
  let i = at
  for (; i < wordsEnd; i += 4) {
    const m =
      wide === undefined ? buf[i] | (buf[i + 1] << 8) | (buf[i + 2] << 16) | (buf[i + 3] << 24) : wide.getInt32(i, true)
    v3 ^= m
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= m
  }
  let last = size << 24
  switch (size & 3) {
    case 3:
      last |= buf[i] | (buf[i + 1] << 8) | (buf[i + 2] << 16)
      break
    case 2:
      last |= buf[i] | (buf[i + 1] << 8)
      break
    case 1:
      last |= buf[i]
  }
  v3 ^= last
  // The tail's round and the final three differ only in what is mixed in around them.
  for (let round = 0; round < 4; round++) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    if (round === 0) {
      v0 ^= last
      v2 ^= 0xff
    }
  }
  return v1 ^ v3
}
