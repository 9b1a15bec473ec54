/*
 * The record of a string that is written to: its bytes lie in the record itself, or in
 * a block of their own when they are many (long-string.ts). Which table a record is in
 * is not known here.
 */
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { longStringAim, longStringCreate, longStringOverwrite, longStringResize } from '../structures/long-string.ts'
import {
  EXTERNAL,
  FIRST_OBJECT_KIND,
  FIRST_REF_KIND,
  HAS_EXPIRY,
  isEmbeddable,
  NEVER,
  recordClock,
  recordCreateEmbedded,
  recordCreateObject,
  recordExpiresAt,
  recordHead,
  recordKind,
  recordMoveExpiry,
  recordResizeValue,
  recordSetClock,
  recordSetKind,
  recordSetValueRef,
  recordValue,
  recordValueRef,
} from '../structures/record.ts'
import { KIND_STRING_RAW } from './object.ts'

const valueSlice = new Slice()
const oldSlice = new Slice()

/** Overwrites a string in a block of its own, if the record is one and the new string and expiry fit where it is. */
export function longStringRecordOverwrite(memory: Memory, ref: Ref, kind: number, value: Slice, at: number): boolean {
  const oldKind = recordKind(memory, ref)
  if (oldKind < FIRST_REF_KIND || oldKind >= FIRST_OBJECT_KIND) return false
  const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
  if (hasExpiry !== (at !== NEVER) || !longStringOverwrite(memory, recordValueRef(memory, ref), value)) return false
  recordSetKind(memory, ref, kind + EXTERNAL)
  if (hasExpiry) recordMoveExpiry(memory, ref, at)
  return true
}

/** A record of a raw string of zeros, in no table yet; NIL: memory is exhausted. */
export function stringRecordCreateZeros(memory: Memory, key: Slice, size: number, expiresAt: number): Ref {
  if (isEmbeddable(key.size, size, expiresAt)) {
    const ref = recordCreateEmbedded(memory, KIND_STRING_RAW, key, size, expiresAt)
    if (ref !== NIL) recordValue(memory, ref, valueSlice).view().fill(0)
    return ref
  }
  const block = longStringCreate(memory, size)
  if (block === NIL) return NIL
  longStringAim(memory, block, valueSlice).view().fill(0)
  const ref = recordCreateObject(memory, KIND_STRING_RAW + EXTERNAL, key, block, expiresAt)
  if (ref === NIL) memory.free(block)
  return ref
}

/**
 * Makes a string raw and `size` bytes long, what is added being zeros. Answers its record, or another one with the
 * same key, expiry and access clock that is to replace it: then the old one is unchanged, and to be freed without
 * its value. NIL: memory is exhausted, nothing changed.
 */
export function stringRecordResize(memory: Memory, key: Slice, old: Ref, size: number): Ref {
  if (recordKind(memory, old) >= FIRST_REF_KIND) {
    const block = longStringResize(memory, recordValueRef(memory, old), size)
    if (block === NIL) return NIL
    recordSetValueRef(memory, old, block)
    recordSetKind(memory, old, KIND_STRING_RAW + EXTERNAL)
    return old
  }
  if (recordResizeValue(memory, old, KIND_STRING_RAW, size)) return old
  const ref = stringRecordCreateZeros(memory, key, size, recordExpiresAt(memory, old))
  if (ref === NIL) return NIL
  const from = recordValue(memory, old, oldSlice)
  const to = recordValue(memory, ref, valueSlice)
  to.buf.set(from.buf.subarray(from.at, from.at + Math.min(from.size, size)), to.at)
  recordSetClock(memory, ref, recordClock(memory, old))
  return ref
}
