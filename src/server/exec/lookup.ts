/*
 * Looking up a key of which a command expects one type: what nearly every
 * command on a value begins with.
 */
import type { Slice } from '../base/slice.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import type { Call } from './call.ts'
import { Err } from './errors.ts'

/** The key holds a value of another type; the refusal has been sent. */
export const REFUSED = -1

/** The record of `key` for reading, NIL if there is none, or REFUSED. `type` is a TYPE_ number of keyspace/object.ts. */
export function readOf(c: Call, key: Slice, type: number): Ref | typeof REFUSED {
  return ofType(c, c.db.lookupRead(key), type)
}

/** As `readOf`, without counting a hit or a miss. */
export function writeOf(c: Call, key: Slice, type: number): Ref | typeof REFUSED {
  return ofType(c, c.db.lookupWrite(key), type)
}

function ofType(c: Call, record: Ref, type: number): Ref | typeof REFUSED {
  if (record === NIL || c.db.typeOf(record) === type) return record
  c.reply.error(Err.wrongType)
  return REFUSED
}

/** Deletes a key whose value has lost its last element, and announces it. */
export function dropEmpty(c: Call, key: Slice): void {
  c.db.remove(key)
  c.changed('g', 'del', key, 0)
}
