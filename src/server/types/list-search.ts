/*
 * Lists by value: finding elements that equal a text, removing them, inserting
 * beside one. All of it walks the list; what a list is lies in list.ts.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  listpackAppend,
  listpackEquals,
  listpackFirst,
  listpackInsert,
  listpackLast,
  listpackNext,
  listpackPrevious,
  listpackRemove,
} from '../structures/listpack.ts'
import { quicklistCount, quicklistInsert, quicklistRemove } from '../structures/quicklist.ts'
import {
  QuicklistCursor,
  quicklistEquals,
  quicklistFind,
  quicklistNext,
  quicklistPrevious,
  quicklistSeek,
} from '../structures/quicklist-cursor.ts'
import { isListpack, LIST_EXHAUSTED } from './list.ts'

/** What listInsert answers when nothing equals the pivot. */
export const LIST_NO_PIVOT = 0
export const LIST_INSERTED = 1

const cursor = new QuicklistCursor()
const scratch = new Slice()

/**
 * Visits the distance from the start of the walk of every element that equals `text`, from the last one
 * on when `backwards`, until the visitor answers false or `limit` elements were compared.
 */
export function listFind(
  db: Database,
  list: Ref,
  text: Slice,
  backwards: boolean,
  limit: number,
  visit: (distance: number) => boolean,
): void {
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    let position = backwards ? listpackLast(memory, value) : listpackFirst(memory, value)
    for (let distance = 0; position !== 0 && distance < limit; distance++) {
      if (listpackEquals(memory, value, position, text) && !visit(distance)) return
      position = backwards ? listpackPrevious(memory, value, position) : listpackNext(memory, value, position)
    }
    return
  }
  if (!backwards) return findForwards(db, value, text, limit, visit)
  let more = quicklistSeek(memory, value, quicklistCount(memory, value) - 1, cursor)
  for (let distance = 0; more && distance < limit; distance++) {
    if (quicklistEquals(memory, cursor, text, scratch) && !visit(distance)) return
    more = quicklistPrevious(memory, cursor)
  }
}

function findForwards(
  { memory }: Database,
  list: Ref,
  text: Slice,
  limit: number,
  visit: (distance: number) => boolean,
): void {
  let distance = 0
  let more = quicklistSeek(memory, list, 0, cursor)
  while (more) {
    const passed = quicklistFind(memory, cursor, text, limit - distance, scratch)
    distance += passed
    if (passed < 0 || distance >= limit || !visit(distance)) return
    more = quicklistNext(memory, cursor)
    distance++
  }
}

/** Removes up to `limit` elements that equal `text`, from the last one on when `backwards`; answers how many. */
export function listRemoveEqual(db: Database, list: Ref, text: Slice, backwards: boolean, limit: number): number {
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) return removeFromListpack(db, list, text, backwards, limit)
  let removed = 0
  let more = quicklistSeek(memory, value, backwards ? quicklistCount(memory, value) - 1 : 0, cursor)
  while (more && removed < limit) {
    if (!backwards && quicklistFind(memory, cursor, text, Number.POSITIVE_INFINITY, scratch) < 0) break
    if (quicklistEquals(memory, cursor, text, scratch)) {
      more = quicklistRemove(memory, value, cursor, backwards)
      removed++
    } else more = backwards ? quicklistPrevious(memory, cursor) : quicklistNext(memory, cursor)
  }
  return removed
}

function removeFromListpack(db: Database, list: Ref, text: Slice, backwards: boolean, limit: number): number {
  const { memory } = db
  let pack = db.valueRef(list)
  let removed = 0
  let position = backwards ? listpackLast(memory, pack) : listpackFirst(memory, pack)
  while (position !== 0 && removed < limit) {
    const beyond = backwards ? 0 : listpackNext(memory, pack, position)
    if (!listpackEquals(memory, pack, position, text)) {
      position = backwards ? listpackPrevious(memory, pack, position) : beyond
      continue
    }
    pack = listpackRemove(memory, pack, position, 1)
    removed++
    // What followed stands where the removed one stood.
    if (backwards) position = listpackPrevious(memory, pack, position)
    else if (beyond === 0) break
  }
  db.setValueRef(list, pack)
  return removed
}

/**
 * Inserts an element, which listExpect has announced, before or behind the first one that equals `pivot`:
 * LIST_INSERTED, LIST_NO_PIVOT or LIST_EXHAUSTED.
 */
export function listInsert(db: Database, list: Ref, pivot: Slice, text: Slice, isAfter: boolean): number {
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    let position = listpackFirst(memory, value)
    while (position !== 0 && !listpackEquals(memory, value, position, pivot)) {
      position = listpackNext(memory, value, position)
    }
    if (position === 0) return LIST_NO_PIVOT
    const place = isAfter ? listpackNext(memory, value, position) : position
    const pack = place === 0 ? listpackAppend(memory, value, text) : listpackInsert(memory, value, place, text)
    if (pack === NIL) return LIST_EXHAUSTED
    db.setValueRef(list, pack)
    return LIST_INSERTED
  }
  const isThere =
    quicklistSeek(memory, value, 0, cursor) &&
    quicklistFind(memory, cursor, pivot, Number.POSITIVE_INFINITY, scratch) >= 0
  if (!isThere) return LIST_NO_PIVOT
  return quicklistInsert(memory, value, cursor, text, isAfter) ? LIST_INSERTED : LIST_EXHAUSTED
}
