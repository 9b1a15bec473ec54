/*
 * CRC-64 as RDB files and DUMP payloads end with it ("Jones"): polynomial
 * 0xad93d23594c935a9, reflected in and out, nothing added at either end; of
 * "123456789" it is e9c6d914c4b8d9ca.
 *
 * Eight bytes are taken at a time: table k says what a byte does to the sum once
 * 7 - k zero bytes have followed it, so that the eight look-ups do not wait for each
 * other (slicing by 8, Kounavis and Berry 2005). As one word still waits for the one
 * before it, long pieces are read as four interleaved rows of words, each of which has
 * a sum of its own that skips the words of the others, by eight tables more (Kadatch and
 * Jenkins, "Everything we know about CRC but afraid to forget", 2010). JavaScript has no
 * fast integers of 64 bits: the loops are WebAssembly, in whose memory the tables are and
 * each piece is copied.
 */
import { copyBytes } from './copy-bytes.ts'
import { WASM_PAGE, WasmMemory, WasmProgram } from './wasm.ts'

/** The polynomial with its bits in reverse. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n
/** The bytes of a sum. */
export const CRC64_SIZE = 8
const ROWS = 4

// The memory, in bytes: tables for the word that comes next, for a row's next word, then a piece.
const TABLE_SIZE = 256 * CRC64_SIZE
const ROW_TABLES = 8 * TABLE_SIZE
const PIECE = 2 * ROW_TABLES
const PIECE_SIZE = WASM_PAGE - PIECE
const BLOCK = ROWS * 8

/** Where the table of a word's byte is: the first tables are for words that follow each other, the others for a row's. */
const tableAt = (tables: number, byte: number): number => tables + byte * TABLE_SIZE

/** What the eight bytes of $word do to a sum, by the tables at an address. A byte's place in its table is it times 8. */
function lookUp(tables: number): string {
  const look = (byte: number): string => {
    // The byte comes to lie three bits up, which is times 8.
    const moved =
      byte === 0
        ? '(i32.shl (i32.wrap_i64 (local.get $word)) (i32.const 3))'
        : `(i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const ${byte * 8 - 3})))`
    return `(i64.load offset=${tableAt(tables, byte)} (i32.and ${moved} (i32.const 2040)))`
  }
  const both = (first: number, count: number): string =>
    count === 1 ? look(first) : `(i64.xor ${both(first, count / 2)} ${both(first + count / 2, count / 2)})`
  return both(0, 8)
}

const inRows = (each: (row: number) => string): string => Array.from({ length: ROWS }, (_, row) => each(row)).join('\n')

const SOURCE = `
  ;; The sum after the eight bytes at $at.
  (func $next (param $sum i64) (param $at i32) (result i64)
    (local $word i64)
    (local.set $word (i64.xor (local.get $sum) (i64.load (local.get $at))))
    ${lookUp(0)})

  ;; The sum after a byte.
  (func $afterByte (param $sum i64) (param $byte i64) (result i64)
    (i64.xor
      (i64.shr_u (local.get $sum) (i64.const 8))
      (i64.load offset=${tableAt(0, 7)}
        (i32.and
          (i32.shl (i32.wrap_i64 (i64.xor (local.get $sum) (local.get $byte))) (i32.const 3))
          (i32.const 2040)))))

  (func $add (param $sum i64) (param $at i32) (param $size i32) (result i64)
    (local $end i32) (local $stop i32) (local $word i64)
    ${inRows((row) => `(local $row${row} i64)`)}
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (local.get $size) (i32.const ${BLOCK * 4}))
      (then
        ;; The last block brings the rows together.
        (local.set $stop
          (i32.add (local.get $at) (i32.and (i32.sub (local.get $size) (i32.const ${BLOCK})) (i32.const ${-BLOCK}))))
        (local.set $row0 (local.get $sum))
        (loop $block
          ${inRows(
            (row) => `
          (local.set $word (i64.xor (local.get $row${row}) (i64.load offset=${row * 8} (local.get $at))))
          (local.set $row${row} ${lookUp(ROW_TABLES)})`,
          )}
          (local.set $at (i32.add (local.get $at) (i32.const ${BLOCK})))
          (br_if $block (i32.lt_u (local.get $at) (local.get $stop))))
        (local.set $sum (i64.const 0))
        ${inRows(
          (row) => `
        (local.set $sum
          (call $next (i64.xor (local.get $sum) (local.get $row${row})) (i32.add (local.get $at) (i32.const ${row * 8}))))`,
        )}
        (local.set $at (i32.add (local.get $at) (i32.const ${BLOCK})))))
    (block $words
      (loop $word
        (br_if $words (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $sum (call $next (local.get $sum) (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $word)))
    (block $bytes
      (loop $byte
        (br_if $bytes (i32.eq (local.get $at) (local.get $end)))
        (local.set $sum (call $afterByte (local.get $sum) (i64.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (local.get $sum))

  ;; The table from which all others are made: what a byte does to the sum.
  (func $makeFirst
    (local $byte i32) (local $bit i32) (local $sum i64)
    (loop $next
      (local.set $sum (i64.extend_i32_s (local.get $byte)))
      (local.set $bit (i32.const 8))
      (loop $shift
        ;; The polynomial, which lies where pieces will, where a 1 is cut off.
        (local.set $sum
          (i64.xor
            (i64.shr_u (local.get $sum) (i64.const 1))
            (i64.and
              (i64.load offset=${PIECE} (i32.const 0))
              (i64.sub (i64.const 0) (i64.and (local.get $sum) (i64.const 1))))))
        (local.set $bit (i32.sub (local.get $bit) (i32.const 1)))
        (br_if $shift (local.get $bit)))
      (i64.store offset=${tableAt(0, 7)} (i32.shl (local.get $byte) (i32.const 3)) (local.get $sum))
      (local.set $byte (i32.add (local.get $byte) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $byte) (i32.const 256)))))

  ;; Makes the table at $table of the one at $from, whose bytes so many fewer zero bytes have followed.
  (func $make (param $table i32) (param $from i32) (param $zeros i32)
    (local $at i32) (local $left i32) (local $sum i64)
    (loop $next
      (local.set $sum (i64.load (i32.add (local.get $from) (local.get $at))))
      (local.set $left (local.get $zeros))
      (loop $zero
        (local.set $sum (call $afterByte (local.get $sum) (i64.const 0)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $zero (local.get $left)))
      (i64.store (i32.add (local.get $table) (local.get $at)) (local.get $sum))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const ${TABLE_SIZE})))))
`

interface Functions {
  readonly makeFirst: () => void
  readonly make: (table: number, from: number, zeros: number) => void
  readonly add: (sum: bigint, at: number, size: number) => bigint
}

/** The loop, the tables, and a place for the piece that is added. All sums of a thread share one. */
class Machine {
  readonly bytes: Uint8Array
  readonly add: Functions['add']

  constructor() {
    const memory = new WasmMemory(WASM_PAGE)
    const functions = new WasmProgram<Functions>(SOURCE).in(memory)
    this.bytes = memory.bytes
    this.add = functions.add
    new BigUint64Array(memory.bytes.buffer, PIECE, 1)[0] = POLYNOMIAL
    functions.makeFirst()
    for (let byte = 6; byte >= 0; byte--) functions.make(tableAt(0, byte), tableAt(0, byte + 1), 1)
    functions.make(tableAt(ROW_TABLES, 7), tableAt(0, 7), BLOCK - 8)
    for (let byte = 6; byte >= 0; byte--) functions.make(tableAt(ROW_TABLES, byte), tableAt(ROW_TABLES, byte + 1), 1)
  }

  afterZeroByte(sum: bigint): bigint {
    this.bytes[PIECE] = 0
    return BigInt.asUintN(64, this.add(sum, PIECE, 1))
  }
}

/** Made for the first sum: to make it takes some milliseconds, which a server need not have when it starts. */
let made: Machine | undefined

function sharedMachine(): Machine {
  made ??= new Machine()
  return made
}

/** A running sum over any number of pieces. */
export class Crc64 {
  private readonly machine = sharedMachine()
  private sum = 0n

  add(buf: Uint8Array, at: number, size: number): this {
    const { machine } = this
    for (let from = at, left = size; left > 0; from += PIECE_SIZE, left -= PIECE_SIZE) {
      const length = Math.min(left, PIECE_SIZE)
      copyBytes(machine.bytes, PIECE, buf, from, length)
      this.sum = BigInt.asUintN(64, machine.add(this.sum, PIECE, length))
    }
    return this
  }

  /**
   * Changes the sum to what it would be had the first bytes been others: `difference` is what they were
   * XOR what they should have been, and `size` bytes followed them. A sum is linear over GF(2), so the
   * difference has a sum of its own, which the bytes that followed do not change but as zeros would.
   */
  exchange(difference: Uint8Array, size: number): void {
    let { sum } = new Crc64().add(difference, 0, difference.length)
    // What one zero byte does to each bit of a sum; then what two do, four, eight ...
    let step = Array.from({ length: 64 }, (_, bit) => this.machine.afterZeroByte(1n << BigInt(bit)))
    for (let left = size; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) sum = transformed(step, sum)
      step = step.map((column) => transformed(step, column))
    }
    this.sum ^= sum
  }

  /** Writes the sum, CRC64_SIZE bytes, little endian. */
  write(buf: Uint8Array, at: number): void {
    new DataView(buf.buffer, buf.byteOffset + at, CRC64_SIZE).setBigUint64(0, this.sum, true)
  }

  /** Whether the bytes at `at` are this sum. */
  matches(buf: Uint8Array, at: number): boolean {
    return new DataView(buf.buffer, buf.byteOffset + at, CRC64_SIZE).getBigUint64(0, true) === this.sum
  }
}

/** The sum of the columns that `value` selects bit by bit. */
function transformed(columns: readonly bigint[], value: bigint): bigint {
  let result = 0n
  for (let bit = 0; bit < 64; bit++) if ((value >> BigInt(bit)) & 1n) result ^= columns[bit]
  return result
}
