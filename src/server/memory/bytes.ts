/*
 * Copying and comparing bytes between views: what is alive in the arena and what comes
 * and goes.
 */
import { copyBytes, moveBytes } from '../base/copy-bytes.ts'
import { sameBytes, wideOf } from '../base/wide-bytes.ts'

export { copyBytes, moveBytes, sameBytes }

/** Byte by byte, as memcmp, and the shorter one first where one begins the other: below zero, zero or above. */
export function compareBytes(
  a: Uint8Array,
  aAt: number,
  aSize: number,
  b: Uint8Array,
  bAt: number,
  bSize: number,
): number {
  const size = aSize < bSize ? aSize : bSize
  let i = 0
  const x = wideOf(a)
  const y = wideOf(b)
  if (x !== undefined && y !== undefined) {
    // What is the same is passed by in steps; the byte that differs is found below.
    const last = size - 4
    while (i <= last && x.getInt32(aAt + i, true) === y.getInt32(bAt + i, true)) i += 4
  }
  for (; i < size; i++) {
    const difference = a[aAt + i] - b[bAt + i]
    if (difference !== 0) return difference
  }
  return aSize - bSize
}
