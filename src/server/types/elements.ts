/*
 * The elements of a collection, whatever its type: what SORT sorts. A list's in
 * their order, a sorted set's from the lowest score on, a set's as they lie.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { TYPE_LIST, TYPE_SET, TYPE_ZSET } from '../keyspace/object.ts'
import type { Ref } from '../memory/layout.ts'
import { listForEach } from './list.ts'
import { setForEach } from './set.ts'
import { Texts } from './texts.ts'
import { zsetForEach } from './zset.ts'

interface Collection {
  forEach(db: Database, record: Ref, visit: (element: Slice) => void): void
}

const COLLECTIONS: Readonly<Record<number, Collection | undefined>> = {
  [TYPE_LIST]: { forEach: listForEach },
  [TYPE_SET]: { forEach: setForEach },
  [TYPE_ZSET]: { forEach: zsetForEach },
}

export function hasElements(db: Database, record: Ref): boolean {
  return COLLECTIONS[db.typeOf(record)] !== undefined
}

/** Copies of all elements. */
export function elementsOf(db: Database, record: Ref): Texts {
  const elements = new Texts()
  COLLECTIONS[db.typeOf(record)]!.forEach(db, record, (element) => elements.add(element))
  return elements
}
