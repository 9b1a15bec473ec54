/*
 * Numbers of 1 to 64 bits anywhere in a string: what BITFIELD reads, sets and adds
 * to. The highest bit comes first; beyond the end of the string all bits are 0.
 *
 * Up to 32 bits a number is a number. Wider ones are bigints: 64 bits do not fit a
 * double, and fields that wide are rare.
 */
import { INT64_MAX } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'

export interface FieldType {
  readonly isSigned: boolean
  /** 1 to 64, unsigned ones up to 63: what a client is told is a signed 64-bit integer. */
  readonly bits: number
  /** How many numbers it has, the least and the greatest one: exact up to NARROW_BITS_MAX bits. */
  readonly modulus: number
  readonly min: number
  readonly max: number
}

function typeOf(isSigned: boolean, bits: number): FieldType {
  const modulus = 2 ** bits
  return { isSigned, bits, modulus, min: isSigned ? -modulus / 2 : 0, max: (isSigned ? modulus / 2 : modulus) - 1 }
}

/** All types there are, by bits: a request only names them. */
const SIGNED = Array.from({ length: 65 }, (_, bits) => typeOf(true, bits))
const UNSIGNED = Array.from({ length: 64 }, (_, bits) => typeOf(false, bits))

/** The type of so many bits; undefined if there is none. */
export function fieldType(isSigned: boolean, bits: number): FieldType | undefined {
  return bits >= 1 ? (isSigned ? SIGNED : UNSIGNED)[bits] : undefined
}

export type Overflow = 'wrap' | 'saturate' | 'fail'

const NARROW_BITS_MAX = 32

/** The number at `offset`, counted in bits. */
export function readField(value: Slice, type: FieldType, offset: number): number | bigint {
  const { bits } = type
  if (bits <= NARROW_BITS_MAX) return wrapNumber(readBits(value, offset, bits), type)
  const high = readBits(value, offset, bits - 32)
  const low = readBits(value, offset + bits - 32, 32)
  return wrapBigint((BigInt(high) << 32n) | BigInt(low), type)
}

/** Writes a number that the type holds; all of its bits lie within the value. */
export function writeField(value: Slice, type: FieldType, offset: number, number: number | bigint): void {
  const { bits } = type
  if (typeof number === 'number') {
    writeBits(value, offset, bits, number < 0 ? number + type.modulus : number)
    return
  }
  const unsigned = BigInt.asUintN(bits, number)
  writeBits(value, offset, bits - 32, Number(unsigned >> 32n))
  writeBits(value, offset + bits - 32, 32, Number(unsigned & 0xffff_ffffn))
}

/**
 * What SET stores for `number`, a signed 64-bit integer; undefined where it does not fit and may
 * not. Two oddities are Redis': for an unsigned field a negative number is a huge one, and one so
 * low that its distance from the largest number of the type passes 64 bits saturates upwards.
 */
export function fieldOf(type: FieldType, number: number | bigint, overflow: Overflow): number | bigint | undefined {
  const { isSigned, bits } = type
  if (!isSigned) return bounded(type, number < 0 ? BigInt(number) + (1n << 64n) : number, overflow)
  if (bits < 64 && overflow === 'saturate' && typeof number === 'bigint') {
    const max = (1n << BigInt(bits - 1)) - 1n
    if (max - number > INT64_MAX) return bounded(type, max, overflow)
  }
  return bounded(type, number, overflow)
}

/** What INCRBY makes of a number of this type; undefined where the sum does not fit and may not. */
export function addToField(
  type: FieldType,
  number: number | bigint,
  increment: number | bigint,
  overflow: Overflow,
): number | bigint | undefined {
  if (typeof number === 'number' && typeof increment === 'number') {
    const sum = number + increment
    if (Number.isSafeInteger(sum)) return bounded(type, sum, overflow)
  }
  return bounded(type, BigInt(number) + BigInt(increment), overflow)
}

/** A sum as the type holds it: a number for a narrow type, a bigint for a wide one. */
function bounded(type: FieldType, sum: number | bigint, overflow: Overflow): number | bigint | undefined {
  const isNarrow = type.bits <= NARROW_BITS_MAX
  if (isNarrow && typeof sum === 'number') {
    const { min, max } = type
    if (sum >= min && sum <= max) return sum
    if (overflow === 'fail') return undefined
    if (overflow === 'saturate') return sum < min ? min : max
    return wrapNumber(sum, type)
  }
  const exact = BigInt(sum)
  const magnitude = 1n << BigInt(type.isSigned ? type.bits - 1 : type.bits)
  const min = type.isSigned ? -magnitude : 0n
  const max = magnitude - 1n
  const isWithin = exact >= min && exact <= max
  if (!isWithin && overflow === 'fail') return undefined
  const fitting = isWithin ? exact : overflow === 'wrap' ? wrapBigint(exact, type) : exact < min ? min : max
  return isNarrow ? Number(fitting) : fitting
}

/** The number that the lowest bits of a safe integer spell. */
function wrapNumber(value: number, { isSigned, modulus }: FieldType): number {
  if (value >= 0 && value < modulus) return isSigned && value >= modulus / 2 ? value - modulus : value
  const rest = value % modulus
  const unsigned = rest < 0 ? rest + modulus : rest
  return isSigned && unsigned >= modulus / 2 ? unsigned - modulus : unsigned
}

function wrapBigint(value: bigint, { isSigned, bits }: FieldType): bigint {
  return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
}

/** Up to 32 bits as an unsigned number. They lie in up to 5 bytes, which together are exact in a double. */
function readBits(value: Slice, offset: number, bits: number): number {
  const first = Math.floor(offset / 8)
  const bytes = ((offset & 7) + bits + 7) >>> 3
  const behind = bytes * 8 - (offset & 7) - bits
  const all = readBytes(value, first, bytes)
  if (bytes <= WORD_BYTES) return ((all >>> behind) & maskOf(bits)) >>> 0
  return Math.floor(all / 2 ** behind) % 2 ** bits
}

/** So many bytes are a word, with which bits are shifted and masked; a fifth byte takes a division. */
const WORD_BYTES = 4

const maskOf = (bits: number): number => (bits === 32 ? -1 : (1 << bits) - 1)

function readBytes(value: Slice, first: number, bytes: number): number {
  const { buf, at, size } = value
  let all = 0
  for (let i = first; i < first + bytes; i++) all = all * 256 + (i < size ? buf[at + i] : 0)
  return all
}

function writeBits(value: Slice, offset: number, bits: number, number: number): void {
  const first = Math.floor(offset / 8)
  const bytes = ((offset & 7) + bits + 7) >>> 3
  const behind = bytes * 8 - (offset & 7) - bits
  const old = readBytes(value, first, bytes)
  let all: number
  if (bytes <= WORD_BYTES) all = ((old & ~(maskOf(bits) << behind)) | (number << behind)) >>> 0
  else {
    const unit = 2 ** behind
    const before = Math.floor(old / unit / 2 ** bits)
    all = (before * 2 ** bits + number) * unit + (old % unit)
  }
  for (let i = first + bytes - 1; i >= first; i--) {
    const rest = Math.floor(all / 256)
    value.buf[value.at + i] = all - rest * 256
    all = rest
  }
}
