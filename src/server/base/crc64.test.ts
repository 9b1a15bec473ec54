/*
 * CRC-64 against its published check value and against its definition, written
 * down again bit by bit in arbitrary precision.
 */
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { Crc64 } from './crc64.ts'

/** The polynomial 0xad93d23594c935a9 with its bits in reverse. */
const REFLECTED = 0x95ac9329ac4bc9b5n

function byDefinition(bytes: Uint8Array): string {
  let sum = 0n
  for (const byte of bytes) {
    sum ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ REFLECTED : sum >> 1n
  }
  return sum.toString(16).padStart(16, '0')
}

function hexOf(sum: Crc64): string {
  const bytes = new Uint8Array(8)
  sum.write(bytes, 0)
  return Buffer.from(bytes.reverse()).toString('hex')
}

test('the check value of the polynomial comes out', () => {
  expect(hexOf(new Crc64().add(Buffer.from('123456789'), 0, 9))).toBe('e9c6d914c4b8d9ca')
  expect(hexOf(new Crc64())).toBe('0000000000000000')
})

test('any bytes, in any pieces, have the sum of the definition', () => {
  const r = random()
  for (let round = 0; round < 200; round++) {
    const bytes = r.bytes(200)
    const cut = r.below(bytes.length + 1)
    const sum = new Crc64().add(bytes, 0, cut).add(bytes, cut, bytes.length - cut)
    expect(hexOf(sum), `seed ${r.seed}, round ${round}`).toBe(byDefinition(bytes))
    const stored = new Uint8Array(9)
    sum.write(stored, 1)
    expect(sum.matches(stored, 1)).toBe(true)
    stored[4] ^= 1
    expect(sum.matches(stored, 1)).toBe(false)
  }
})

test('the first bytes can be exchanged afterwards', () => {
  const r = random()
  for (let round = 0; round < 50; round++) {
    const bytes = r.bytesOf(9 + r.below(round < 5 ? 100_000 : 300))
    const others = Uint8Array.from(bytes)
    others.set(r.bytesOf(9))
    const difference = bytes.subarray(0, 9).map((byte, i) => byte ^ others[i])
    const sum = new Crc64().add(bytes, 0, bytes.length)
    sum.exchange(difference, bytes.length - 9)
    expect(hexOf(sum), `seed ${r.seed}, round ${round}`).toBe(hexOf(new Crc64().add(others, 0, others.length)))
  }
})
