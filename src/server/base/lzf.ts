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

import { WASM_PAGE, WasmProgram } from './wasm.ts'
import { widened } from './wide-bytes.ts'

const LITERALS_MAX = 32
const DISTANCE_MAX = 8192
const COPY_MIN = 3
const COPY_MAX = 264
const SHORT_COPY_MAX = 8
const HASH_BITS = 14

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
 * Memory in which strings are decompressed: the loop is WebAssembly, whose instances see no other. It goes by words
 * of eight bytes where what is copied is no closer than that, and reads and writes a part of a word too many.
 */
export class LzfRoom {
  readonly bytes: Uint8Array
  private readonly functions: Functions

  /** Of so many bytes, rounded up. */
  constructor(size: number) {
    program ??= new WasmProgram(EXPAND)
    const { memory, functions } = program.instance(Math.ceil(size / WASM_PAGE))
    this.bytes = widened(new Uint8Array(memory))
    this.functions = functions
  }

  /**
   * Decompresses the `size` bytes at `at` into the `room` bytes from `start` on, all of them; false when the bytes are
   * not LZF or say another size. What was in the room is then spoilt; LZF_SPARE bytes behind it are in any case, and
   * so many have to be there behind the compressed ones.
   */
  decompress(at: number, size: number, start: number, room: number): boolean {
    return this.functions.expand(at, at + size, start, start + room) !== 0
  }
}

/** See LzfRoom.decompress. */
export const LZF_SPARE = 8
/** No room has more bytes: its places are numbers of 32 bits. */
export const LZF_ROOM_MAX = 2 ** 32

interface Functions {
  readonly expand: (at: number, end: number, start: number, full: number) => number
}

/** Made when something compressed is read for the first time. */
let program: WasmProgram<Functions> | undefined
const EXPAND = `
  ;; From at to end it is compressed, from start to full there is room. Whether all is well.
  (func $expand (param $at i32) (param $end i32) (param $start i32) (param $full i32) (result i32)
    (local $out i32) (local $control i32) (local $length i32) (local $stop i32) (local $from i32)
    (local.set $out (local.get $start))
    (block $broken
      (loop $next
        (if (i32.ge_u (local.get $at) (local.get $end))
          (then (return (i32.eq (local.get $out) (local.get $full)))))
        (local.set $control (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.lt_u (local.get $control) (i32.const 32))
          (then
            ;; Literals: all of them from $at on.
            (local.set $length (i32.add (local.get $control) (i32.const 1)))
            (local.set $from (local.get $at))
            (local.set $at (i32.add (local.get $at) (local.get $length)))
            (br_if $broken (i32.gt_u (local.get $at) (local.get $end))))
          (else
            ;; A copy, of two bytes and what is told.
            (local.set $length (i32.shr_u (local.get $control) (i32.const 5)))
            (if (i32.eq (local.get $length) (i32.const 7))
              (then
                (br_if $broken (i32.ge_u (local.get $at) (local.get $end)))
                (local.set $length (i32.add (i32.load8_u (local.get $at)) (i32.const 7)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))))
            (local.set $length (i32.add (local.get $length) (i32.const 2)))
            (br_if $broken (i32.ge_u (local.get $at) (local.get $end)))
            ;; How far back, less one.
            (local.set $from
              (i32.or
                (i32.shl (i32.and (local.get $control) (i32.const 31)) (i32.const 8))
                (i32.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $broken (i32.ge_u (local.get $from) (i32.sub (local.get $out) (local.get $start))))
            (local.set $from (i32.sub (i32.sub (local.get $out) (local.get $from)) (i32.const 1)))))
        (local.set $stop (i32.add (local.get $out) (local.get $length)))
        (br_if $broken (i32.gt_u (local.get $stop) (local.get $full)))
        (if (i32.ge_u (i32.sub (local.get $out) (local.get $from)) (i32.const 8))
          (then
            (loop $word
              (i64.store (local.get $out) (i64.load (local.get $from)))
              (local.set $out (i32.add (local.get $out) (i32.const 8)))
              (local.set $from (i32.add (local.get $from) (i32.const 8)))
              (br_if $word (i32.lt_u (local.get $out) (local.get $stop))))
            (local.set $out (local.get $stop)))
          (else
            (loop $byte
              (i32.store8 (local.get $out) (i32.load8_u (local.get $from)))
              (local.set $out (i32.add (local.get $out) (i32.const 1)))
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (br_if $byte (i32.lt_u (local.get $out) (local.get $stop))))))
        (br $next)))
    (i32.const 0))
`
