/*
 * The longest common subsequence of two strings, by the textbook table: cell
 * (i, j) holds the length for the first i bytes of one and the first j of the
 * other. Two rows of it are enough to know the length. To know the subsequence
 * the table is walked back from its last cell, and all that the walk asks of a
 * cell whose bytes differ is which neighbour is greater: one bit, where Redis
 * keeps the four bytes of the length.
 */
import type { Slice } from '../base/slice.ts'

/** Bytes that both strings have in sequence: `size` of them, at `a` in the one and `b` in the other. */
export interface CommonRange {
  readonly a: number
  readonly b: number
  readonly size: number
}

/** What Redis' table takes: the measure of what LCS refuses, so that we refuse the same. */
export function lcsTableBytes(a: Slice, b: Slice): number {
  return (a.size + 1) * (b.size + 1) * 4
}

export function lcsLength(a: Slice, b: Slice): number {
  return fillTable(a, b, undefined)
}

/**
 * The longest common subsequence as the ranges it consists of, the last first. Where there are
 * several as long, the one that Redis answers: at a tie the walk goes back in `b`.
 */
export function lcsRanges(a: Slice, b: Slice): CommonRange[] {
  const stride = (b.size + 7) >>> 3
  const goesUp = new Uint8Array(a.size * stride)
  fillTable(a, b, goesUp)
  const ranges: CommonRange[] = []
  let i = a.size
  let j = b.size
  let size = 0
  const endRange = () => {
    if (size > 0) ranges.push({ a: i, b: j, size })
    size = 0
  }
  while (i > 0 && j > 0) {
    if (a.buf[a.at + i - 1] === b.buf[b.at + j - 1]) {
      size++
      i--
      j--
    } else {
      endRange()
      if (goesUp[(i - 1) * stride + ((j - 1) >>> 3)] & (1 << ((j - 1) & 7))) i--
      else j--
    }
  }
  endRange()
  return ranges
}

/**
 * Computes the table's last cell. With `goesUp`, bit j - 1 of row i - 1 is set where dropping the
 * last byte of `a` leaves more in common than dropping that of `b`.
 */
function fillTable(a: Slice, b: Slice, goesUp: Uint8Array | undefined): number {
  const width = b.size
  const stride = (width + 7) >>> 3
  const row = new Uint32Array(width + 1)
  const { buf: text, at: textAt } = b
  for (let i = 0; i < a.size; i++) {
    const byte = a.buf[a.at + i]
    let diagonal = 0
    let left = 0
    for (let j = 1; j <= width; j++) {
      const above = row[j]
      if (text[textAt + j - 1] === byte) left = diagonal + 1
      else if (above > left) {
        left = above
        if (goesUp !== undefined) goesUp[i * stride + ((j - 1) >>> 3)] |= 1 << ((j - 1) & 7)
      }
      row[j] = left
      diagonal = above
    }
  }
  return row[width]
}
