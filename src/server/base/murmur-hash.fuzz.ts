/*
 * MurmurHash64A in halves against the same in bigints, which follows the definition
 * line by line. SEED=<n> replays.
 */
import { expect, test } from 'vitest'
import { murmurHash64 } from './murmur-hash.ts'
import { random } from './random.ts'

const M = 0xc6a4a7935bd1e995n
const times = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a * b)

function model(bytes: Uint8Array, seed: bigint): bigint {
  let h = seed ^ times(BigInt(bytes.length), M)
  const number = (from: number, to: number): bigint =>
    bytes.subarray(from, to).reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n)
  let at = 0
  for (; at + 8 <= bytes.length; at += 8) {
    let k = times(number(at, at + 8), M)
    k = times(k ^ (k >> 47n), M)
    h = times(h ^ k, M)
  }
  if (at < bytes.length) h = times(h ^ number(at, bytes.length), M)
  h = times(h ^ (h >> 47n), M)
  return h ^ (h >> 47n)
}

test('a hash in two halves is the hash in one number', () => {
  const r = random()
  const out = { high: 0, low: 0 }
  for (let step = 0; step < 3000; step++) {
    const size = r.below(r.below(10) === 0 ? 300 : 40)
    const bytes = Uint8Array.from({ length: size + 3 }, () => r.below(256))
    murmurHash64(bytes, 2, size, 0xadc83b19, out)
    const hash = (BigInt(out.high >>> 0) << 32n) | BigInt(out.low >>> 0)
    expect(hash, `seed ${r.seed}, step ${step}`).toBe(model(bytes.subarray(2, 2 + size), 0xadc83b19n))
  }
})
