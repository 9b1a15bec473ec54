/*
 * Compressing by LZF, which lzf.ts draws: greedy, by the longest match at the last place
 * where the same three bytes were seen. What has not repeated itself for long is looked at
 * in ever longer steps. The loop is WebAssembly, which compares and copies eight bytes at a
 * time; a text goes through its memory in pieces, each behind what a copy may reach back to:
 *
 *   TABLE     where three bytes with this hash were seen last, by hash
 *   HISTORY   the last bytes of the piece before
 *   PIECE     a piece
 *   PACKED    what becomes of it
 *
 * Places are counted on from text to text, so that what an earlier one has left in the
 * table is told from this one's by its number. After two gigabytes counting begins anew, and
 * a text that waited meanwhile may be counted as another one was: what the table says is
 * believed only if the bytes are there.
 */
import { copyBytes } from './copy-bytes.ts'
import { Slice } from './slice.ts'
import { WasmMemory, WasmProgram } from './wasm.ts'
import { widened } from './wide-bytes.ts'

/** What is compressed at a time, and what a piece of a text has at most. */
export const LZF_PIECE = 64 * 1024
const DISTANCE_MAX = 8192
const LITERALS_MAX = 32
const HASH_BITS = 14
/** Words of eight bytes are read and written beyond the end. */
const SPARE = 16

// The memory, in bytes.
const HISTORY = 4 << HASH_BITS
const PIECE = HISTORY + DISTANCE_MAX
const PACKED = PIECE + LZF_PIECE + SPARE
/** A byte for each run of literals, and room for a copy that may follow. */
const PACKED_SIZE = LZF_PIECE + LZF_PIECE / LITERALS_MAX + 8

interface Functions {
  readonly compress: (at: number, end: number, out: number, full: number, first: number, shift: number) => number
}

interface Machine {
  readonly bytes: Uint8Array
  readonly compress: Functions['compress']
}

/** Made when something is compressed for the first time. All texts of a thread share it. */
let made: Machine | undefined
/** What is counted from next: below it is an earlier text. */
let origin = 1
const packed = new Slice()

/** The compressed bytes, which live until the next call; undefined when they would be `limit` bytes or more. */
export function lzfCompress(buf: Uint8Array, at: number, size: number, limit: number): Slice | undefined {
  const machine = sharedMachine(size)
  const counted = origin
  origin += size
  if (size <= LZF_PIECE) {
    const got = compressPiece(machine, buf, at, size, 0, counted, limit)
    return got === 0 ? undefined : packed.aim(machine.bytes, PACKED, got)
  }
  const all = new Uint8Array(limit)
  let out = 0
  for (let done = 0; done < size; done += LZF_PIECE) {
    const length = Math.min(LZF_PIECE, size - done)
    const before = Math.min(done, DISTANCE_MAX)
    copyBytes(machine.bytes, PIECE - before, buf, at + done - before, before)
    const got = compressPiece(machine, buf, at + done, length, before, counted + done, limit - out)
    if (got === 0) return undefined
    copyBytes(all, out, machine.bytes, PACKED, got)
    out += got
  }
  return packed.aim(all, 0, out)
}

/** A text that is compressed in pieces, while others may be in between. However little it repeats, it is compressed. */
export class LzfText {
  private readonly history = widened(new Uint8Array(DISTANCE_MAX))
  private historySize = 0
  private counted: number

  /** Of so many bytes. */
  constructor(size: number) {
    sharedMachine(size)
    this.counted = origin
    origin += size
  }

  /** The compressed bytes of the next piece, of LZF_PIECE bytes at most. They live until the next call. */
  next({ buf, at, size }: Slice): Slice {
    const { history, historySize } = this
    const machine = sharedMachine(0)
    const { bytes } = machine
    copyBytes(bytes, PIECE - historySize, history, 0, historySize)
    const got = compressPiece(machine, buf, at, size, historySize, this.counted, PACKED_SIZE)
    this.counted += size
    this.historySize = Math.min(historySize + size, DISTANCE_MAX)
    copyBytes(history, 0, bytes, PIECE + size - this.historySize, this.historySize)
    return packed.aim(bytes, PACKED, got)
  }
}

/** Compresses a piece that `before` bytes of its text are put before, and that is counted from `counted` on; the size, or 0. */
function compressPiece(
  { bytes, compress }: Machine,
  buf: Uint8Array,
  at: number,
  size: number,
  before: number,
  counted: number,
  limit: number,
): number {
  copyBytes(bytes, PIECE, buf, at, size)
  const full = PACKED + Math.min(limit, PACKED_SIZE)
  const out = compress(PIECE, PIECE + size, PACKED, full, PIECE - before, counted - PIECE)
  return out === 0 ? 0 : out - PACKED
}

/** For a text of so many bytes, which can be counted on. */
function sharedMachine(size: number): Machine {
  if (made === undefined) {
    const memory = new WasmMemory(PACKED + PACKED_SIZE + SPARE)
    made = { bytes: memory.bytes, compress: new WasmProgram<Functions>(SOURCE).in(memory).compress }
  }
  if (origin + size > 0x7fff_ffff) {
    made.bytes.fill(0, 0, HISTORY)
    origin = 1
  }
  return made
}

const SOURCE = `
  ;; Writes the bytes from $from to $end as literals. Where writing goes on, or 0 when that reaches $full.
  (func $literals (param $from i32) (param $end i32) (param $out i32) (param $full i32) (result i32)
    (local $run i32) (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $run (i32.sub (local.get $end) (local.get $from)))
        (if (i32.gt_u (local.get $run) (i32.const 32)) (then (local.set $run (i32.const 32))))
        (if (i32.ge_u (i32.add (i32.add (local.get $out) (local.get $run)) (i32.const 1)) (local.get $full))
          (then (return (i32.const 0))))
        (i32.store8 (local.get $out) (i32.sub (local.get $run) (i32.const 1)))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $i (i32.const 0))
        (loop $word
          (i64.store
            (i32.add (local.get $out) (local.get $i))
            (i64.load (i32.add (local.get $from) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 8)))
          (br_if $word (i32.lt_u (local.get $i) (local.get $run))))
        (local.set $out (i32.add (local.get $out) (local.get $run)))
        (local.set $from (i32.add (local.get $from) (local.get $run)))
        (br $next)))
    (local.get $out))

  ;; Compresses from $at to $end; copies begin at $first at most. A place is counted as itself and $shift. Where
  ;; writing ends that begins at $out, or 0 when that reaches $full.
  (func $compress (param $at i32) (param $end i32) (param $out i32) (param $full i32)
    (param $first i32) (param $shift i32) (result i32)
    (local $literals i32) (local $three i32) (local $slot i32) (local $before i32)
    (local $length i32) (local $max i32) (local $differ i64)
    (local.set $literals (local.get $at))
    (block $done
      (loop $next
        (br_if $done (i32.gt_u (i32.add (local.get $at) (i32.const 3)) (local.get $end)))
        (local.set $three (i32.shl (i32.load (local.get $at)) (i32.const 8)))
        (local.set $slot
          (i32.and
            (i32.shr_u (i32.mul (local.get $three) (i32.const -1640531535)) (i32.const 16))
            (i32.const 0xfffc)))
        (local.set $before (i32.sub (i32.load (local.get $slot)) (local.get $shift)))
        (i32.store (local.get $slot) (i32.add (local.get $at) (local.get $shift)))
        (block $alike
          (block $new
            ;; Not this place itself either, which a text that was counted alike may have left there.
            (br_if $new
              (i32.ge_u (i32.sub (i32.sub (local.get $at) (local.get $before)) (i32.const 1)) (i32.const 8192)))
            (br_if $new (i32.lt_s (local.get $before) (local.get $first)))
            (br_if $alike (i32.eq (i32.shl (i32.load (local.get $before)) (i32.const 8)) (local.get $three))))
          (local.set $at
            (i32.add
              (i32.add (local.get $at) (i32.const 1))
              (i32.shr_u (i32.sub (local.get $at) (local.get $literals)) (i32.const 7))))
          (br $next))
        ;; How far they are alike, beyond the end even.
        (local.set $length (i32.const 3))
        (local.set $max (i32.sub (local.get $end) (local.get $at)))
        (if (i32.gt_u (local.get $max) (i32.const 264)) (then (local.set $max (i32.const 264))))
        (block $measured
          (loop $word
            (local.set $differ
              (i64.xor
                (i64.load (i32.add (local.get $at) (local.get $length)))
                (i64.load (i32.add (local.get $before) (local.get $length)))))
            (if (i64.ne (local.get $differ) (i64.const 0))
              (then
                (local.set $length
                  (i32.add
                    (local.get $length)
                    (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $differ)) (i64.const 3)))))
                (br $measured)))
            (local.set $length (i32.add (local.get $length) (i32.const 8)))
            (br_if $word (i32.lt_u (local.get $length) (local.get $max)))))
        (if (i32.gt_u (local.get $length) (local.get $max)) (then (local.set $length (local.get $max))))
        (local.set $out (call $literals (local.get $literals) (local.get $at) (local.get $out) (local.get $full)))
        (if (i32.eqz (local.get $out)) (then (return (i32.const 0))))
        (if (i32.ge_u (i32.add (local.get $out) (i32.const 3)) (local.get $full)) (then (return (i32.const 0))))
        ;; The copy: how long, how far back less one.
        (local.set $before (i32.sub (i32.sub (local.get $at) (local.get $before)) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (local.get $length)))
        (local.set $literals (local.get $at))
        (if (i32.lt_u (local.get $length) (i32.const 9))
          (then
            (i32.store8
              (local.get $out)
              (i32.or
                (i32.shl (i32.sub (local.get $length) (i32.const 2)) (i32.const 5))
                (i32.shr_u (local.get $before) (i32.const 8)))))
          (else
            (i32.store8
              (local.get $out)
              (i32.or (i32.const 0xe0) (i32.shr_u (local.get $before) (i32.const 8))))
            (local.set $out (i32.add (local.get $out) (i32.const 1)))
            (i32.store8 (local.get $out) (i32.sub (local.get $length) (i32.const 9)))))
        (i32.store8 offset=1 (local.get $out) (local.get $before))
        (local.set $out (i32.add (local.get $out) (i32.const 2)))
        (br $next)))
    (call $literals (local.get $literals) (local.get $end) (local.get $out) (local.get $full)))
`
