/*
 * The patterns of SORT's BY and GET: which value belongs to an element.
 *
 *   #               the element itself
 *   weight_*        the string whose key has the element in the place of the star
 *   data_*->field   a field of the hash with such a key
 *
 * Only the first star counts, and what has none names nothing. A zero byte ends
 * the search for star and arrow, because real servers look at it as C does.
 */
import { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'
import type { Database } from '../keyspace/database.ts'
import { TYPE_HASH, TYPE_STRING } from '../keyspace/object.ts'
import { copyBytes } from '../memory/bytes.ts'
import { NIL } from '../memory/layout.ts'
import { hashFind } from './hash.ts'

const ELEMENT = '#'
const NAME_BYTES = 64
const key = new Slice()

export class SortPattern {
  private readonly isElement: boolean
  /** Undefined: the pattern has no star. */
  private readonly prefix: Uint8Array | undefined
  private readonly suffix: Uint8Array
  private readonly field: Slice | undefined
  /** Room for the name of a key. */
  private name = widened(new Uint8Array(NAME_BYTES))

  constructor(pattern: Slice) {
    const text = pattern.text()
    this.isElement = text === ELEMENT
    const star = starIn(text)
    const arrow = star < 0 ? -1 : arrowIn(text, star + 1)
    const bytes = pattern.bytes()
    this.prefix = star < 0 ? undefined : bytes.subarray(0, star)
    this.suffix = bytes.subarray(star + 1, arrow < 0 ? bytes.length : arrow)
    this.field = arrow < 0 ? undefined : new Slice(bytes.subarray(arrow + 2))
  }

  /** Aims `out` at the value that belongs to an element; false when there is none. */
  find(db: Database, element: Slice, out: Slice): boolean {
    if (this.isElement) {
      out.aim(element.buf, element.at, element.size)
      return true
    }
    const { prefix, suffix, field } = this
    if (prefix === undefined) return false
    const size = prefix.length + element.size + suffix.length
    if (size > this.name.length) this.name = widened(new Uint8Array(size * 2))
    const { name } = this
    copyBytes(name, 0, prefix, 0, prefix.length)
    copyBytes(name, prefix.length, element.buf, element.at, element.size)
    copyBytes(name, prefix.length + element.size, suffix, 0, suffix.length)
    const record = db.lookupRead(key.aim(name, 0, size))
    if (record === NIL || db.typeOf(record) !== (field === undefined ? TYPE_STRING : TYPE_HASH)) return false
    if (field !== undefined) return hashFind(db, record, field, out)
    db.stringOf(record, out)
    return true
  }
}

/** Whether BY such a pattern sorts by anything; without a star it means: do not sort. */
export function hasStar(pattern: Slice): boolean {
  return starIn(pattern.text()) >= 0
}

function starIn(text: string): number {
  const star = text.indexOf('*')
  const zero = text.indexOf('\0')
  return zero >= 0 && zero < star ? -1 : star
}

/** Where the arrow to a field begins; -1 when there is none, or nothing behind it. */
function arrowIn(text: string, from: number): number {
  const arrow = text.indexOf('->', from)
  const zero = text.indexOf('\0', from)
  if (arrow < 0 || (zero >= 0 && zero < arrow)) return -1
  return arrow + 2 === text.length || arrow + 2 === zero ? -1 : arrow
}
