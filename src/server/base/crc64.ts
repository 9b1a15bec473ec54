/*
 * CRC-64 as RDB files and DUMP payloads end with it ("Jones"): polynomial
 * 0xad93d23594c935a9, reflected in and out, nothing added at either end; of
 * "123456789" it is e9c6d914c4b8d9ca.
 *
 * Eight bytes are taken at a time: table k says what a byte does to the sum once
 * k zero bytes have followed it, so that the eight look-ups do not wait for each
 * other (slicing by 8, Kounavis and Berry 2005). JavaScript has no fast integers of
 * 64 bits: the loop is WebAssembly, in whose memory the tables are and each piece is
 * copied.
 */
import { WASM_PAGE, WasmProgram } from './wasm.ts'

/** The polynomial with its bits in reverse. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n
const SLICES = 8
const BYTES = 256
/** The bytes of a sum. */
export const CRC64_SIZE = 8

// The memory, in bytes: the tables, from that of no zero bytes on, then a piece.
const PIECE = SLICES * BYTES * CRC64_SIZE
const PIECE_SIZE = WASM_PAGE - PIECE

/** A byte's place in a table is the byte times 8. */
const SOURCE = `
  (func $add (param $sum i64) (param $at i32) (param $size i32) (result i64)
    (local $end i32) (local $low i32) (local $high i32)
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $size) (i32.const -8))))
    (block $words
      (loop $word
        (br_if $words (i32.eq (local.get $at) (local.get $end)))
        (local.set $sum (i64.xor (local.get $sum) (i64.load (local.get $at))))
        (local.set $low (i32.wrap_i64 (local.get $sum)))
        (local.set $high (i32.wrap_i64 (i64.shr_u (local.get $sum) (i64.const 32))))
        (local.set $sum
          (i64.xor
            (i64.xor
              (i64.xor
                (i64.load offset=14336 (i32.and (i32.shl (local.get $low) (i32.const 3)) (i32.const 2040)))
                (i64.load offset=12288 (i32.and (i32.shr_u (local.get $low) (i32.const 5)) (i32.const 2040))))
              (i64.xor
                (i64.load offset=10240 (i32.and (i32.shr_u (local.get $low) (i32.const 13)) (i32.const 2040)))
                (i64.load offset=8192 (i32.and (i32.shr_u (local.get $low) (i32.const 21)) (i32.const 2040)))))
            (i64.xor
              (i64.xor
                (i64.load offset=6144 (i32.and (i32.shl (local.get $high) (i32.const 3)) (i32.const 2040)))
                (i64.load offset=4096 (i32.and (i32.shr_u (local.get $high) (i32.const 5)) (i32.const 2040))))
              (i64.xor
                (i64.load offset=2048 (i32.and (i32.shr_u (local.get $high) (i32.const 13)) (i32.const 2040)))
                (i64.load (i32.and (i32.shr_u (local.get $high) (i32.const 21)) (i32.const 2040)))))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $word)))
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $size) (i32.const 7))))
    (block $bytes
      (loop $byte
        (br_if $bytes (i32.eq (local.get $at) (local.get $end)))
        (local.set $low
          (i32.and
            (i32.shl (i32.wrap_i64 (i64.xor (local.get $sum) (i64.load8_u (local.get $at)))) (i32.const 3))
            (i32.const 2040)))
        (local.set $sum (i64.xor (i64.shr_u (local.get $sum) (i64.const 8)) (i64.load (local.get $low))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (local.get $sum))
`

interface Functions {
  readonly add: (sum: bigint, at: number, size: number) => bigint
}

/** The loop, the tables, and a place for the piece that is added. All sums of a thread share one. */
class Machine {
  readonly piece: Uint8Array
  readonly add: Functions['add']
  private readonly tables: BigUint64Array

  constructor() {
    const { memory, functions } = new WasmProgram<Functions>(SOURCE).instance(1)
    const tables = new BigUint64Array(memory, 0, SLICES * BYTES)
    this.piece = new Uint8Array(memory, PIECE, PIECE_SIZE)
    this.add = functions.add
    this.tables = tables
    for (let byte = 0; byte < BYTES; byte++) {
      let sum = BigInt(byte)
      for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ POLYNOMIAL : sum >> 1n
      tables[byte] = sum
    }
    for (let at = BYTES; at < SLICES * BYTES; at++) tables[at] = this.afterZeroByte(tables[at - BYTES])
  }

  afterZeroByte(sum: bigint): bigint {
    return (sum >> 8n) ^ this.tables[Number(sum & 0xffn)]
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
      machine.piece.set(buf.subarray(from, from + length))
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
