/*
 * Copying and comparing bytes between views. Loops for the short, the engine's
 * own routines for the long: calling those costs an object and some 50 ns, which
 * a loop of this many bytes does not.
 */
const LOOP_SIZE_MAX = 96

/** Copies forwards byte by byte or as a whole: overlapping is fine when `to` is not after `from`. */
export function copyBytes(target: Uint8Array, to: number, source: Uint8Array, from: number, size: number): void {
  if (size <= LOOP_SIZE_MAX) {
    for (let i = 0; i < size; i++) target[to + i] = source[from + i]
    return
  }
  target.set(source.subarray(from, from + size), to)
}

export function sameBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (a[aAt + i] !== b[bAt + i]) return false
  return true
}

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
  for (let i = 0; i < size; i++) {
    const difference = a[aAt + i] - b[bAt + i]
    if (difference !== 0) return difference
  }
  return aSize - bSize
}
