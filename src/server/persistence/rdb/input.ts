/*
 * RdbInput: the primitives of an RDB file, read from bytes that may be anything:
 * those of a DUMP, or of a file that comes piece by piece. Whatever is not as it
 * has to be is an RdbError, which says where and why; nothing is read beyond the
 * end, and no more is allocated than bytes are there.
 *
 * A slice that it answers stays good until `release`: the next piece of a file gets
 * another buffer instead of overwriting the last one. Who reads many strings one after
 * the other releases them as it goes, because new buffers take long, which the system
 * has to fill with zeros.
 */
import { CRC64_SIZE, Crc64 } from '../../base/crc64.ts'
import { INTEGER_SIZE_MAX, writeInteger } from '../../base/integer-text.ts'
import { LZF_DESK, LZF_ROOM_MAX, LZF_SPARE, LzfRoom } from '../../base/lzf.ts'
import { Slice } from '../../base/slice.ts'
import { widened } from '../../base/wide-bytes.ts'
import { copyBytes } from '../../memory/bytes.ts'
import { LENGTH_14, LENGTH_32, LENGTH_64, STRING_INT8, STRING_INT16, STRING_INT32, STRING_LZF } from './format.ts'

/** The input is not what it has to be, at an offset in bytes. */
export class RdbError extends Error {
  override readonly name = 'RdbError'
  readonly offset: number

  constructor(offset: number, reason: string) {
    super(`${reason} at offset ${offset}`)
    this.offset = offset
  }
}

const UINT32 = 0x1_0000_0000
/** LZF can tell 264 bytes in 3, and no more. */
const EXPANSION_MAX = 88

/** Where a file's bytes come from. */
export interface RdbSource {
  /** The size of all of it in bytes. */
  readonly size: number
  /** Reads at most `into.length - at` bytes to `into` from `at` on; how many, 0 at the end. Throws what the disk says. */
  read(into: Uint8Array, at: number): number
  /** What is read next is what comes at this offset. Whoever cannot do that has no such method. */
  seek?(offset: number): void
}

const PIECE_BYTES = 1024 * 1024
const OWNED_BYTES = 64 * 1024

export class RdbInput {
  private buf: Uint8Array
  private at: number
  /** Where what `buf` has of the input begins and ends. */
  private start: number
  private end: number
  private view: DataView
  /** The buffer before this one, while slices of it may be alive; and one of which none are, to be used again. */
  private passed: Uint8Array | undefined
  private spare: Uint8Array | undefined
  /** The buffer that has what is kept. */
  private keptIn: Uint8Array | undefined
  private readonly source: RdbSource | undefined
  /** What the offset of `at` in all of the input is, less `at`. */
  private origin: number
  private readonly size: number
  private readonly sum = new Crc64()
  private summed: number
  private isRewound = false
  /** Made when it is needed. */
  private owned: LzfRoom | undefined
  private ownAt = LZF_DESK
  /** What is before this in `owned` is not to be overwritten. */
  private keptAt = LZF_DESK

  constructor(from: Slice | RdbSource) {
    const bytes = from instanceof Slice ? from : new Slice()
    this.source = from instanceof Slice ? undefined : from
    this.buf = bytes.buf
    this.at = bytes.at
    this.start = bytes.at
    this.end = bytes.at + bytes.size
    this.view = viewOf(bytes.buf)
    this.origin = -bytes.at
    this.size = from.size
    this.summed = bytes.at
  }

  /** Bytes that have been read. */
  get offset(): number {
    return this.origin + this.at
  }

  get isAtEnd(): boolean {
    return this.left === 0
  }

  /** Bytes that are left. Nothing that takes a byte an item can have more items. */
  get left(): number {
    return this.size - this.offset
  }

  fail(reason: string): never {
    throw new RdbError(this.offset, reason)
  }

  /**
   * Whether the next 8 bytes are the checksum of all before them, or say that there is none (0). They are read. Of
   * an input that was rewound nobody knows: it had something broken.
   */
  checksum(): boolean {
    this.sumUp()
    const stored = this.bytes(CRC64_SIZE)
    return this.isRewound || this.sum.matches(stored.buf, stored.at) || stored.view().every((byte) => byte === 0)
  }

  private sumUp(): void {
    if (this.isRewound) return
    this.sum.add(this.buf, this.summed, this.at - this.summed)
    this.summed = this.at
  }

  /** Goes back to an offset, which has been passed; false if what was read is not there any more. */
  rewind(offset: number): boolean {
    this.isRewound = true
    if (offset >= this.origin + this.start) {
      this.at = offset - this.origin
      return true
    }
    if (this.source?.seek === undefined) return false
    this.source.seek(offset)
    this.origin = offset
    this.at = 0
    this.end = 0
    this.start = 0
    this.summed = 0
    return true
  }

  byte(): number {
    this.need(1)
    return this.buf[this.at++]
  }

  /** A length; of 64 bits only up to 2^53. */
  length(): number {
    const first = this.byte()
    const length = this.lengthFrom(first)
    return length === undefined ? this.fail('a length was expected and a string found') : length
  }

  /** A length of up to 64 bits: what modules call an integer. */
  bigLength(): bigint {
    const first = this.byte()
    if (first !== LENGTH_64) return BigInt(this.lengthFrom(first) ?? this.fail('an integer was expected'))
    this.need(8)
    this.at += 8
    return this.view.getBigUint64(this.at - 8)
  }

  /** A length that counts items of at least `itemSize` bytes each: more than can be there is refused. */
  count(itemSize = 1): number {
    const count = this.length()
    return count * itemSize > this.left ? this.fail(`${count} items cannot be in ${this.left} bytes`) : count
  }

  /** A string. The slice, which is `into`, is of the input, or of bytes of its own. */
  string(into = new Slice()): Slice {
    const first = this.byte()
    const size = this.lengthFrom(first)
    if (size !== undefined) return this.bytes(size, into)
    switch (first) {
      case STRING_INT8:
        return this.integerText(this.integer(1), into)
      case STRING_INT16:
        return this.integerText(this.integer(2), into)
      case STRING_INT32:
        return this.integerText(this.integer(4), into)
      case STRING_LZF:
        return this.compressed(into)
      default:
        return this.fail(`unknown form of a string 0x${first.toString(16)}`)
    }
  }

  bytes(size: number, into = new Slice()): Slice {
    this.need(size)
    into.aim(this.buf, this.at, size)
    this.at += size
    return into
  }

  /** Ends the lives of all slices: nobody reads any of them again. */
  releaseAll(): void {
    this.keptIn = undefined
    this.ownAt = LZF_DESK
    this.keptAt = LZF_DESK
    this.release()
  }

  /** Slices that were answered until now outlive `release`. */
  keep(): void {
    this.keptAt = this.ownAt
    this.keptIn = this.buf
    this.passed = undefined
  }

  /** Ends the lives of the slices that were answered since `keep`. */
  release(): void {
    this.ownAt = this.keptAt
    if (this.passed === undefined) return
    if (this.passed !== this.keptIn) this.spare = this.passed
    this.passed = undefined
  }

  /** 8 bytes, little endian, signed. */
  int64(): bigint {
    this.need(8)
    this.at += 8
    return this.view.getBigInt64(this.at - 8, true)
  }

  /** 4 bytes, little endian, signed. */
  int32(): number {
    return this.integer(4)
  }

  /** 8 bytes, little endian, IEEE 754. */
  double(): number {
    this.need(8)
    this.at += 8
    return this.view.getFloat64(this.at - 8, true)
  }

  private need(size: number): void {
    if (this.at + size > this.end) this.fetch(size)
  }

  /** Goes on in another buffer that begins with what is left of this one and holds `size` bytes at least. */
  private fetch(size: number): void {
    if (size > this.left) this.fail(`${size} bytes were expected and ${this.left} are left`)
    this.sumUp()
    const rest = this.buf.subarray(this.at, this.end)
    const next = this.otherBuffer(Math.min(Math.max(PIECE_BYTES, size), this.left))
    next.set(rest)
    this.passed = this.source && this.buf
    this.origin += this.at
    let end = rest.length
    while (end < size) {
      const read = this.source?.read(next, end) ?? 0
      if (read === 0) this.fail('the file has become shorter')
      end += read
    }
    this.buf = next
    this.view = viewOf(next)
    this.at = 0
    this.start = 0
    // More is there when a file grows, or is read to a buffer that is longer than what is left of it.
    this.end = Math.min(end, this.left)
    this.summed = 0
  }

  private otherBuffer(size: number): Uint8Array {
    const { spare } = this
    this.spare = undefined
    return spare !== undefined && spare.length >= size ? spare : widened(new Uint8Array(size))
  }

  private lengthFrom(first: number): number | undefined {
    if (first < LENGTH_14) return first
    if (first < LENGTH_32) return ((first & 0x3f) << 8) | this.byte()
    if (first === LENGTH_32) return this.uint32()
    if (first === LENGTH_64) {
      const high = this.uint32()
      const value = high * UINT32 + this.uint32()
      return value <= Number.MAX_SAFE_INTEGER ? value : this.fail('a length is beyond 2^53')
    }
    return first >= STRING_INT8 ? undefined : this.fail(`unknown form of a length 0x${first.toString(16)}`)
  }

  private uint32(): number {
    this.need(4)
    this.at += 4
    return this.view.getUint32(this.at - 4)
  }

  private integer(size: 1 | 2 | 4): number {
    this.need(size)
    const { at, view } = this
    this.at += size
    if (size === 1) return view.getInt8(at)
    return size === 2 ? view.getInt16(at, true) : view.getInt32(at, true)
  }

  private integerText(value: number, into: Slice): Slice {
    this.own(INTEGER_SIZE_MAX, INTEGER_SIZE_MAX, into)
    into.size = writeInteger(value, into.buf, into.at)
    return into
  }

  private compressed(into: Slice): Slice {
    const packed = this.length()
    const size = this.length()
    if (size > packed * EXPANSION_MAX) this.fail(`${packed} bytes cannot expand to ${size}`)
    this.need(packed)
    // What is compressed is put behind what it becomes, and is of no more use then.
    const needed = size + packed + 2 * LZF_SPARE
    if (LZF_DESK + needed > LZF_ROOM_MAX) this.fail(`a string of ${size} bytes is too long to be decompressed`)
    const owned = this.own(size, needed, into)
    const at = into.at + size + LZF_SPARE
    copyBytes(owned.bytes, at, this.buf, this.at, packed)
    if (!owned.decompress(at, packed, into.at, size)) this.fail('compressed bytes are broken')
    this.at += packed
    return into
  }

  /**
   * Aims `into` at the next bytes of a room, `size` of them for a string that is not in the input as it is, and sees
   * to it that `needed` are there, which are more.
   */
  private own(size: number, needed: number, into: Slice): LzfRoom {
    if (this.owned === undefined || this.ownAt + needed > this.owned.bytes.length) {
      this.owned = this.newRoom(needed)
      this.ownAt = LZF_DESK
      // What is to be kept is in the last one.
      this.keptAt = LZF_DESK
    }
    into.aim(this.owned.bytes, this.ownAt, size)
    this.ownAt += size
    return this.owned
  }

  private newRoom(needed: number): LzfRoom {
    if (this.owned !== undefined || this.source !== undefined || LZF_DESK + needed > OWNED_BYTES)
      return new LzfRoom(Math.max(LZF_DESK + needed, OWNED_BYTES))
    firstRoom ??= new LzfRoom(OWNED_BYTES)
    return firstRoom
  }
}

/** Bytes that are no file's are read as a whole before others are: what is begun with is the same for all of them. */
let firstRoom: LzfRoom | undefined

const viewOf = (buf: Uint8Array): DataView => new DataView(buf.buffer, buf.byteOffset, buf.length)
