/*
 * The elements of a collection, whatever its type: what SORT sorts. A list's in
 * their order, a sorted set's from the lowest score on, a set's as they lie.
 */
import { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'
import type { Database } from '../keyspace/database.ts'
import { TYPE_LIST, TYPE_SET, TYPE_ZSET } from '../keyspace/object.ts'
import { copyBytes } from '../memory/bytes.ts'
import type { Ref } from '../memory/layout.ts'
import { listForEach } from './list.ts'
import { setForEach } from './set.ts'
import { zsetForEach } from './zset.ts'

const BUFFER_BYTES = 64 * 1024
const EMPTY = new Uint8Array(0)

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

/** Copies of all elements, many in one buffer: a buffer for each would cost more than all else that SORT does. */
export function elementsOf(db: Database, record: Ref): Slice[] {
  const collection = COLLECTIONS[db.typeOf(record)]!
  const elements: Slice[] = []
  let buffer = EMPTY
  let end = 0
  collection.forEach(db, record, ({ buf, at, size }) => {
    if (end + size > buffer.length) {
      buffer = widened(new Uint8Array(Math.max(size, BUFFER_BYTES)))
      end = 0
    }
    copyBytes(buffer, end, buf, at, size)
    elements.push(new Slice(buffer, end, size))
    end += size
  })
  return elements
}
