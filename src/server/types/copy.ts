/*
 * COPY of a whole key. How a value is copied is its type's to know: each type
 * but the string registers that here, beside its other operations.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { TYPE_STRING } from '../keyspace/object.ts'
import type { Ref } from '../memory/layout.ts'
import { kindOfString } from './string.ts'

/**
 * Copies the value at `source` in `from` to `key` of `to`, where nothing has that name. False:
 * memory is exhausted, and there is nothing at `key`. The expiry is not the copier's affair.
 */
export type CopyValue = (from: Database, source: Ref, to: Database, key: Slice) => boolean

const copiers = new Map<number, CopyValue>()
const found = new Slice()

/** Says how values of `type` are copied. */
export function registerCopy(type: number, copy: CopyValue): void {
  copiers.set(type, copy)
}

/** Copies value and expiry of the record `source` to `key` of `to`, replacing what is there; false if memory is exhausted. */
export function copyKey(from: Database, source: Ref, to: Database, key: Slice): boolean {
  const type = from.typeOf(source)
  const expiresAt = from.expiresAt(source)
  if (type === TYPE_STRING) {
    // The value's own kind, not that of its bytes: a copy of what was appended to is raw as well.
    return to.setString(key, from.stringOf(source, found), kindOfString(from.kindOf(source)), expiresAt)
  }
  const copy = copiers.get(type)
  if (copy === undefined) throw new Error(`no copying of type ${type} is registered`)
  // Made aside, so that what has the name is there until the copy can take its place.
  const { staging } = to.keyspace
  if (!copy(from, source, staging, key)) return false
  if ((expiresAt < 0 || staging.setExpire(key, expiresAt)) && staging.moveTo(to, key)) return true
  staging.remove(key)
  return false
}
