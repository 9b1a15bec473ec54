/*
 * Copying bytes between views. The short go by loops, four bytes at a time where both
 * views are wide (wide-bytes.ts); the long by the copy that Buffer has, which is the
 * system's memmove. What typed arrays have (set, copyWithin) goes byte by byte in shared
 * memory, and so takes 20 times as long: 10 us instead of 0.4 for 8 KiB. Calling any of
 * them costs some 50 ns, which a loop of this many bytes does not.
 */
import { wideOf } from './wide-bytes.ts'

const LOOP_SIZE_MAX = 96

/** It asks nothing of a Buffer but that it is a Uint8Array. */
const nativeCopy = Buffer.prototype.copy as (
  this: Uint8Array,
  target: Uint8Array,
  to: number,
  from: number,
  end: number,
) => number

/** Copies forwards or as a whole: overlapping is fine when `to` is not after `from`. */
export function copyBytes(target: Uint8Array, to: number, source: Uint8Array, from: number, size: number): void {
  if (size > LOOP_SIZE_MAX) {
    nativeCopy.call(source, target, to, from, from + size)
    return
  }
  if (size >= 4) {
    const read = wideOf(source)
    const write = wideOf(target)
    if (read !== undefined && write !== undefined) {
      // The last four overlap with those before, and are read before anything may be written over them.
      const last = size - 4
      const end = read.getInt32(from + last, true)
      for (let i = 0; i < last; i += 4) write.setInt32(to + i, read.getInt32(from + i, true), true)
      write.setInt32(to + last, end, true)
      return
    }
  }
  for (let i = 0; i < size; i++) target[to + i] = source[from + i]
}

/** Moves bytes within one view, where both places may overlap. */
export function moveBytes(view: Uint8Array, to: number, from: number, size: number): void {
  if (size > LOOP_SIZE_MAX) nativeCopy.call(view, view, to, from, from + size)
  else if (to < from) copyBytes(view, to, view, from, size)
  else for (let i = size - 1; i >= 0; i--) view[to + i] = view[from + i]
}
