/*
 * Member: one member while members of several sets (set.ts) are compared.
 */
import { Int64, readInt64, writeInt64 } from '../base/int64.ts'
import { INTEGER_SIZE_MAX } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'

/**
 * An integer, a text, or both, whichever somebody has asked for: so integers of one intset are looked up in
 * another without being written out.
 */
export class Member {
  private readonly slice = new Slice()
  /** Its own, because what is shared lives too short for a set that is built meanwhile. */
  private readonly digits = new Uint8Array(INTEGER_SIZE_MAX)
  private readonly value = new Int64()
  private hasText = false
  /** Undefined: nobody has looked yet. */
  private isInt: boolean | undefined = undefined

  /** Becomes this text. */
  ofText(text: Slice): this {
    this.slice.aim(text.buf, text.at, text.size)
    this.hasText = true
    this.isInt = undefined
    return this
  }

  /** Becomes this integer. */
  ofInteger(high: number, low: number): this {
    this.value.high = high
    this.value.low = low
    this.hasText = false
    this.isInt = true
    return this
  }

  get text(): Slice {
    if (!this.hasText) {
      this.slice.aim(this.digits, 0, writeInt64(this.value.high, this.value.low, this.digits, 0))
      this.hasText = true
    }
    return this.slice
  }

  /** Its value if it is a 64-bit integer. */
  get integer(): Int64 | undefined {
    this.isInt ??= readInt64(this.slice, this.value)
    return this.isInt ? this.value : undefined
  }
}
