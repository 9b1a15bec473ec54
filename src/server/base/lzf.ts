/*
 * LZF, the compression of strings in RDB files: literals and references to what
 * came before, in one stream of bytes.
 *
 *   000LLLLL  then L + 1 literal bytes                         (1 to 32)
 *   LLLooooo oooooooo           copy L + 2 bytes               (3 to 8)
 *   111ooooo LLLLLLLL oooooooo  copy L + 9 bytes               (9 to 264)
 *
 * o is how far back the copy begins, less one, so at most 8192 bytes. A copy may
 * reach into what it is writing: that is how runs are told.
 */

const LITERALS_MAX = 32
const DISTANCE_MAX = 8192
const COPY_MIN = 3
const COPY_MAX = 264
const SHORT_COPY_MAX = 8
const HASH_BITS = 14
/** Bytes that are copied at once. */
const WORD = 4

/** Where three bytes with this hash were seen last, counted on from text to text: below `origin` is an earlier text. */
const seen = new Int32Array(1 << HASH_BITS)
let origin = 1

const hashAt = (buf: Uint8Array, at: number): number =>
  Math.imul((buf[at] << 16) | (buf[at + 1] << 8) | buf[at + 2], 0x9e3779b1) >>> (32 - HASH_BITS)

/**
 * Compresses into `to`, from its start; the size, or 0 when it would take `limit` bytes or more.
 * Greedy: the longest match at the last place with the same three bytes.
 */
export function lzfCompress(buf: Uint8Array, at: number, size: number, to: Uint8Array, limit: number): number {
  const end = at + size
  if (origin + size > 0x7fffffff) {
    seen.fill(0)
    origin = 1
  }
  const shift = origin - at
  origin += size
  let out = 0
  let literals = at
  let i = at
  while (i + COPY_MIN <= end) {
    const slot = hashAt(buf, i)
    const before = seen[slot] - shift
    seen[slot] = i + shift
    const distance = i - before
    if (before < at || distance > DISTANCE_MAX || !startsAlike(buf, before, i)) {
      i++
      continue
    }
    const length = matchLength(buf, before, i, Math.min(COPY_MAX, end - i))
    out = writeLiterals(buf, literals, i, to, out, limit)
    if (out < 0 || out + 3 >= limit) return 0
    out = writeCopy(length, distance - 1, to, out)
    i += length
    literals = i
  }
  out = writeLiterals(buf, literals, end, to, out, limit)
  return out < 0 ? 0 : out
}

function startsAlike(buf: Uint8Array, a: number, b: number): boolean {
  return buf[a] === buf[b] && buf[a + 1] === buf[b + 1] && buf[a + 2] === buf[b + 2]
}

function matchLength(buf: Uint8Array, a: number, b: number, limit: number): number {
  let length = COPY_MIN
  while (length < limit && buf[a + length] === buf[b + length]) length++
  return length
}

/** Where writing goes on, or -1 when the limit is reached. */
function writeLiterals(
  buf: Uint8Array,
  from: number,
  end: number,
  to: Uint8Array,
  start: number,
  limit: number,
): number {
  let out = start
  for (let i = from; i < end; ) {
    const run = Math.min(LITERALS_MAX, end - i)
    if (out + 1 + run >= limit) return -1
    to[out++] = run - 1
    for (let left = run; left > 0; left--) to[out++] = buf[i++]
  }
  return out
}

function writeCopy(length: number, back: number, to: Uint8Array, start: number): number {
  let out = start
  if (length <= SHORT_COPY_MAX) to[out++] = ((length - 2) << 5) | (back >>> 8)
  else {
    to[out++] = 0xe0 | (back >>> 8)
    to[out++] = length - 9
  }
  to[out++] = back & 0xff
  return out
}

/**
 * Decompresses `size` bytes of `from` at `at` into `room` bytes of `to` from `start` on, all of them; false when the
 * bytes are not LZF or say another size. What was in the room is then spoilt. Views, because words of four bytes
 * are copied wherever that many are left, beyond the end of a run too: what comes next is written over them.
 */
export function lzfDecompress(
  from: DataView,
  at: number,
  size: number,
  to: DataView,
  start: number,
  room: number,
): boolean {
  const end = at + size
  const full = start + room
  const wordsEnd = end - (WORD - 1)
  const roomForWords = full - (WORD - 1)
  let i = at
  let out = start
  while (i < end) {
    const control = from.getUint8(i++)
    if (control < LITERALS_MAX) {
      const after = i + control + 1
      const stop = out + control + 1
      if (after > end || stop > full) return false
      if (after <= wordsEnd && stop <= roomForWords) {
        for (; out < stop; out += WORD, i += WORD) to.setUint32(out, from.getUint32(i, true), true)
        i = after
        out = stop
      } else while (out < stop) to.setUint8(out++, from.getUint8(i++))
      continue
    }
    let length = control >>> 5
    if (length === 7) {
      if (i >= end) return false
      length += from.getUint8(i++)
    }
    if (i >= end) return false
    const distance = (((control & 0x1f) << 8) | from.getUint8(i++)) + 1
    const stop = out + length + 2
    let back = out - distance
    if (back < start || stop > full) return false
    // What is copied may be what is being written, but not within one word.
    if (distance >= WORD && stop <= roomForWords) {
      for (; out < stop; out += WORD, back += WORD) to.setUint32(out, to.getUint32(back, true), true)
      out = stop
    } else while (out < stop) to.setUint8(out++, to.getUint8(back++))
  }
  return out === full
}
