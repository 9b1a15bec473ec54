/*
 * A place in a quicklist (quicklist.ts), how it is found and left for the next one, and
 * what is read there. Nothing here changes a list.
 */
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import {
  type ByteSink,
  listpackDistance,
  listpackEquals,
  listpackFind,
  listpackFirst,
  listpackGet,
  listpackLast,
  listpackNext,
  listpackPrevious,
  listpackSeek,
  listpackSend,
} from './listpack.ts'
import { isPlain, plainAim } from './quicklist-node.ts'
import { quicklistTree } from './quicklist-root.ts'
import {
  TreeCursor,
  treeFirst,
  treeItem,
  treeItemWeight,
  treeLast,
  treeNext,
  treePrevious,
  treeSeek,
} from './tree-cursor.ts'

/** Where the element of a plain node is said to stand. */
const PLAIN_POSITION = 1

/** A place in a list: on an element, or nowhere. Dead after any change that was not made through it. */
export class QuicklistCursor {
  readonly node = new TreeCursor()
  position = 0
}

// Walking

/** To the element with this index, which is not negative; false when there is none. */
export function quicklistSeek(memory: Memory, list: Ref, index: number, cursor: QuicklistCursor): boolean {
  const { node: at } = cursor
  const before = treeSeek(memory, quicklistTree(memory, list), index, at)
  if (before < 0) return false
  cursor.position = positionIn(memory, treeItem(memory, at), before, treeItemWeight(memory, at))
  return true
}

/** To the first or the last element of a list that has some. */
export function quicklistToEnd(memory: Memory, list: Ref, atHead: boolean, cursor: QuicklistCursor): void {
  const tree = quicklistTree(memory, list)
  if (atHead) treeFirst(memory, tree, cursor.node)
  else treeLast(memory, tree, cursor.node)
  const node = treeItem(memory, cursor.node)
  cursor.position = atHead ? firstPosition(memory, node) : lastPosition(memory, node)
}

/** The position of the element with an index in a node, sought from the nearer end. */
export function positionIn(memory: Memory, node: Ref, index: number, count: number): number {
  if (isPlain(memory, node)) return PLAIN_POSITION
  return listpackSeek(memory, node, index * 2 <= count ? index : index - count)
}

function firstPosition(memory: Memory, node: Ref): number {
  return isPlain(memory, node) ? PLAIN_POSITION : listpackFirst(memory, node)
}

function lastPosition(memory: Memory, node: Ref): number {
  return isPlain(memory, node) ? PLAIN_POSITION : listpackLast(memory, node)
}

/** To the next element; false at the end. */
export function quicklistNext(memory: Memory, cursor: QuicklistCursor): boolean {
  const node = treeItem(memory, cursor.node)
  if (!isPlain(memory, node)) {
    cursor.position = listpackNext(memory, node, cursor.position)
    if (cursor.position !== 0) return true
  }
  return treeNext(memory, cursor.node) && toFirst(memory, cursor)
}

/** To the element before; false at the beginning. */
export function quicklistPrevious(memory: Memory, cursor: QuicklistCursor): boolean {
  const node = treeItem(memory, cursor.node)
  if (!isPlain(memory, node)) {
    cursor.position = listpackPrevious(memory, node, cursor.position)
    if (cursor.position !== 0) return true
  }
  return treePrevious(memory, cursor.node) && toLast(memory, cursor)
}

export function toFirst(memory: Memory, cursor: QuicklistCursor): true {
  cursor.position = firstPosition(memory, treeItem(memory, cursor.node))
  return true
}

export function toLast(memory: Memory, cursor: QuicklistCursor): true {
  cursor.position = lastPosition(memory, treeItem(memory, cursor.node))
  return true
}

// Reading

/** Aims `out` at the cursor's element; see listpackGet for how long it lives. */
export function quicklistGet(memory: Memory, cursor: QuicklistCursor, out: Slice): Slice {
  const node = treeItem(memory, cursor.node)
  return isPlain(memory, node) ? plainAim(memory, node, out) : listpackGet(memory, node, cursor.position, out)
}

/** Whether the cursor's element is this text. `scratch` is aimed anew. */
export function quicklistEquals(memory: Memory, cursor: QuicklistCursor, text: Slice, scratch: Slice): boolean {
  const node = treeItem(memory, cursor.node)
  if (isPlain(memory, node)) return plainAim(memory, node, scratch).equals(text)
  return listpackEquals(memory, node, cursor.position, text)
}

/**
 * From the cursor's element on to the first that equals `text`: how many were passed on the way, at most `limit` and
 * some more of the same node; -1 when none of them does.
 */
export function quicklistFind(
  memory: Memory,
  cursor: QuicklistCursor,
  text: Slice,
  limit: number,
  scratch: Slice,
): number {
  let passed = 0
  do {
    const node = treeItem(memory, cursor.node)
    if (isPlain(memory, node)) {
      if (quicklistEquals(memory, cursor, text, scratch)) return passed
      passed++
      continue
    }
    const { position } = cursor
    const found = listpackFind(memory, node, text, 0, position)
    if (found !== 0) {
      cursor.position = found
      return passed + listpackDistance(memory, node, position, found)
    }
    passed +=
      position === listpackFirst(memory, node)
        ? treeItemWeight(memory, cursor.node)
        : listpackDistance(memory, node, position, 0)
  } while (passed < limit && treeNext(memory, cursor.node) && toFirst(memory, cursor))
  return -1
}

/** Hands `count` elements from the cursor on to a sink; as many there are. The cursor is then anywhere. */
export function quicklistSend(memory: Memory, cursor: QuicklistCursor, count: number, sink: ByteSink, scratch: Slice) {
  let left = count
  let { position } = cursor
  do {
    const node = treeItem(memory, cursor.node)
    if (isPlain(memory, node)) {
      plainAim(memory, node, scratch)
      sink.bulkOf(scratch.buf, scratch.at, scratch.size)
      left--
    } else left -= listpackSend(memory, node, position === 0 ? listpackFirst(memory, node) : position, left, sink)
    position = 0
  } while (left > 0 && treeNext(memory, cursor.node))
}
