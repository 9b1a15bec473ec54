/*
 * Copying and comparing bytes between views. Loops for the short; for the long the
 * copy that Buffer has, which is the system's memmove. What typed arrays have
 * (set, copyWithin) goes byte by byte in shared memory, and so takes 20 times as
 * long: 10 us instead of 0.4 for 8 KiB. Calling any of them costs some 50 ns, which
 * a loop of this many bytes does not.
 */
const LOOP_SIZE_MAX = 96

/** It asks nothing of a Buffer but that it is a Uint8Array. */
const nativeCopy = Buffer.prototype.copy as (
  this: Uint8Array,
  target: Uint8Array,
  to: number,
  from: number,
  end: number,
) => number

/** Copies forwards byte by byte or as a whole: overlapping is fine when `to` is not after `from`. */
export function copyBytes(target: Uint8Array, to: number, source: Uint8Array, from: number, size: number): void {
  if (size <= LOOP_SIZE_MAX) {
    for (let i = 0; i < size; i++) target[to + i] = source[from + i]
    return
  }
  nativeCopy.call(source, target, to, from, from + size)
}

/** Moves bytes within one view, where both places may overlap. */
export function moveBytes(view: Uint8Array, to: number, from: number, size: number): void {
  if (size > LOOP_SIZE_MAX) nativeCopy.call(view, view, to, from, from + size)
  else if (to < from) for (let i = 0; i < size; i++) view[to + i] = view[from + i]
  else for (let i = size - 1; i >= 0; i--) view[to + i] = view[from + i]
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
