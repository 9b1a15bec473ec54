/*
 * Strings in RDB files and DUMP: one form, in which an integer may be short. A long one
 * that is written bit by bit is compressed bit by bit, and held until it is known how long
 * it has become, which comes before it.
 */
import { LZF_PIECE, LzfText, lzfCompress } from '../../base/lzf-compress.ts'
import { Slice } from '../../base/slice.ts'
import { NEVER } from '../../keyspace/database.ts'
import { stringKind } from '../../types/string.ts'
import { stringWalk } from '../../types/value-walks.ts'
import type { Outlet, Parts } from './big-value.ts'
import { RDB_STRING } from './format.ts'
import type { ValueFormat } from './value-format.ts'

const value = new Slice()

/** A longer one is written as it is, as it would be held in memory for too long. */
const COMPRESSED_MAX = 16 * 1024 * 1024
/** By so many of its bytes it is told whether it repeats itself, and what they have to save for that. */
const SAMPLE_BYTES = 8192
const SAMPLE_SAVED_MIN = SAMPLE_BYTES / 16

export const stringFormat: ValueFormat = {
  formOf: () => RDB_STRING,
  write: (out, db, record) => out.string(db.stringOf(record, value)),
  begin(outlet, db, record) {
    const text = db.stringOf(record, value)
    if (outlet.out.compresses && text.size <= COMPRESSED_MAX && repeatsItself(text)) {
      const packed = new PackedText(outlet, text.size)
      return packed.parts(stringWalk(db, record, (piece) => packed.add(piece)))
    }
    outlet.out.length(text.size)
    return { walk: stringWalk(db, record, ({ buf, at, size }) => outlet.out.bytes(buf, at, size)) }
  },
  read: {
    [RDB_STRING](input, db, key) {
      const text = input.string()
      return db.setString(key, text, stringKind(text), NEVER)
    },
  },
}

function repeatsItself({ buf, at, size }: Slice): boolean {
  const sampled = Math.min(size, SAMPLE_BYTES)
  return lzfCompress(buf, at, sampled, sampled - SAMPLE_SAVED_MIN) !== undefined
}

/** What of a text is compressed already, or not written yet. */
class PackedText {
  private readonly outlet: Outlet
  private readonly size: number
  /** Made when its turn has come: many long strings may wait for theirs. */
  private text: LzfText | undefined
  private readonly pieces: Slice[] = []
  private packedSize = 0

  constructor(outlet: Outlet, size: number) {
    this.outlet = outlet
    this.size = size
  }

  add({ buf, at, size }: Slice): void {
    this.text ??= new LzfText(this.size)
    const piece = new Slice()
    for (let done = 0; done < size; done += LZF_PIECE) {
      piece.aim(buf, at + done, Math.min(LZF_PIECE, size - done))
      const packed = this.text.next(piece).copy()
      this.pieces.push(packed)
      this.packedSize += packed.size
    }
  }

  /** `walk` adds all of the text; then a piece is written at each step. */
  parts(walk: Parts['walk']): Parts {
    let isPacked = false
    const step = (items: number): boolean => {
      if (isPacked) return this.writePiece()
      isPacked = walk.step(items)
      if (isPacked) this.outlet.out.compressedHead(this.packedSize, this.size)
      return false
    }
    return { walk: { step, end: () => walk.end() } }
  }

  private writePiece(): boolean {
    const piece = this.pieces.shift()
    if (piece !== undefined) this.outlet.out.bytes(piece.buf, piece.at, piece.size)
    return this.pieces.length === 0
  }
}
