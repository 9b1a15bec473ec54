import { describe, expect, test } from 'vitest'
import { sipHash } from '../base/siphash.ts'
import { widened } from '../base/wide-bytes.ts'
import { compareBytes, copyBytes, moveBytes, sameBytes } from './bytes.ts'

/** Beyond what is copied by loops. */
const SIZES = Array.from({ length: 130 }, (_, size) => size)

const plain = (size: number): Uint8Array => new Uint8Array(size)
const shared = (size: number): Uint8Array => widened(new Uint8Array(new SharedArrayBuffer(size)))
/** A view that does not begin where its buffer does. */
const shifted = (size: number): Uint8Array => widened(new Uint8Array(new ArrayBuffer(size + 3), 3))

const counted = (bytes: Uint8Array): Uint8Array => {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 37 + 200) & 0xff
  return bytes
}

const kinds = { plain, shared, shifted }

for (const [from, source] of Object.entries(kinds)) {
  for (const [to, target] of Object.entries(kinds)) {
    describe(`bytes of a ${from} array and a ${to} one`, () => {
      test('are copied, and those around them left alone', () => {
        for (const size of SIZES) {
          const copy = target(200)
          copyBytes(copy, 5, counted(source(200)), 3, size)
          const expected = plain(200)
          expected.set(counted(plain(200)).subarray(3, 3 + size), 5)
          expect([...copy]).toEqual([...expected])
        }
      })

      test('are the same when all are, and in the order of the first that differs', () => {
        for (const size of SIZES) {
          const a = counted(source(200))
          const b = target(200)
          copyBytes(b, 7, a, 2, size)
          expect(sameBytes(a, 2, b, 7, size)).toBe(true)
          expect(compareBytes(a, 2, size, b, 7, size)).toBe(0)
          expect(Math.sign(compareBytes(a, 2, size + 1, b, 7, size))).toBe(1)
          for (let at = 0; at < size; at++) {
            b[7 + at] ^= 0x80
            expect(sameBytes(a, 2, b, 7, size)).toBe(false)
            expect(Math.sign(compareBytes(a, 2, size, b, 7, size))).toBe(a[2 + at] > b[7 + at] ? 1 : -1)
            b[7 + at] ^= 0x80
          }
        }
      })
    })
  }
}

for (const [kind, make] of Object.entries(kinds)) {
  test(`bytes are moved within a ${kind} array to where they overlap`, () => {
    for (const size of SIZES) {
      for (let to = 0; to < 20; to++) {
        const view = counted(make(200))
        const expected = counted(plain(200)).copyWithin(to, 10, 10 + size)
        moveBytes(view, to, 10, size)
        expect([...view]).toEqual([...expected])
      }
    }
  })

  test(`bytes of a ${kind} array have the hash of the same bytes in any other`, () => {
    const key = Int32Array.of(0x01020304, 0x05060708)
    for (const size of SIZES)
      expect(sipHash(key, counted(make(200)), 9, size)).toBe(sipHash(key, counted(plain(200)), 9, size))
  })
}
