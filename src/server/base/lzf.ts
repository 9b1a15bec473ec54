/*
 * LZF, the compression of strings in RDB files: literals and references to what
 * came before, in one stream of bytes.
 *
 *   000LLLLL  then L + 1 literal bytes                         (1 to 32)
 *   LLLooooo oooooooo           copy L + 2 bytes               (3 to 8)
 *   111ooooo LLLLLLLL oooooooo  copy L + 9 bytes               (9 to 264)
 *
 * o is how far back the copy begins, less one, so at most 8192 bytes. A copy may
 * reach into what it is writing: that is how runs are told. Compressing is in
 * lzf-compress.ts.
 */

import { WasmMemory, WasmProgram } from './wasm.ts'

/**
 * Memory in which strings are decompressed: the loop is WebAssembly, whose instances see no other. It goes by words
 * of eight bytes where what is copied is no closer than that, and reads and writes a part of a word too many.
 *
 * Another program can look through a string where it was decompressed: it finds the memory by the bytes, and may
 * use the first LZF_DESK bytes of it, where no string is put.
 */
export class LzfRoom {
  readonly bytes: Uint8Array
  private readonly functions: Functions

  /** Of so many bytes, rounded up. */
  constructor(size: number) {
    program ??= new WasmProgram(EXPAND)
    const memory = new WasmMemory(size)
    this.bytes = memory.bytes
    this.functions = program.in(memory)
    memories.set(memory.bytes, memory)
  }

  /** The memory of the room whose bytes these are, if they are one's. */
  static memoryOf(bytes: Uint8Array): WasmMemory | undefined {
    return memories.get(bytes)
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
/** See LzfRoom. */
export const LZF_DESK = 64
/** No room has more bytes: its places are numbers of 32 bits. */
export const LZF_ROOM_MAX = 2 ** 32

interface Functions {
  readonly expand: (at: number, end: number, start: number, full: number) => number
}

const memories = new WeakMap<Uint8Array, WasmMemory>()

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
