/*
 * Lists in RDB files and DUMP: the blocks they lie in, each a listpack or one long
 * element. The ziplists of Redis before 7.0 and the plain lists before 3.2 are read.
 */
import { Slice } from '../../base/slice.ts'
import type { Database } from '../../keyspace/database.ts'
import { NIL, type Ref } from '../../memory/layout.ts'
import {
  listAddNode,
  listCreate,
  listCreateForNodes,
  listExpect,
  listForNodes,
  listNodes,
  listOfListpack,
  listPush,
  listSettleNew,
  NODE_ADDED,
  NODE_EXCEEDS,
} from '../../types/list.ts'
import { BROKEN, listpackTexts } from '../../types/listpack-value.ts'
import { listWalk } from '../../types/value-walks.ts'
import {
  NODE_PACKED,
  NODE_PLAIN,
  RDB_LIST,
  RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2,
  RDB_LIST_ZIPLIST,
} from './format.ts'
import type { RdbInput } from './input.ts'
import { readZiplist } from './old-blocks.ts'
import type { ValueFormat } from './value-format.ts'

const NO_ELEMENTS = 'a list has no elements'
const BROKEN_NODE = 'a node of a list is broken'

/** Reads a list of `nodes` blocks, of which `next` answers the elements, to a new key. */
function readNodes(input: RdbInput, db: Database, key: Slice, nodes: number, next: () => readonly Slice[]): boolean {
  let list = NIL
  for (let left = nodes; left > 0; left--) {
    const elements = next()
    if (list === NIL) list = listCreate(db, key)
    if (list === NIL) return false
    const bytes = elements.reduce((sum, element) => sum + element.size, 0)
    if (!listExpect(db, list, elements.length, bytes) || !elements.every((text) => listPush(db, list, text, false))) {
      db.remove(key)
      return false
    }
    input.release()
  }
  if (list === NIL) return input.fail(NO_ELEMENTS)
  listSettleNew(db, list)
  return true
}

/** A list of one packed block, which is most lists, is that block as it lies if the limits of today allow it. */
function readBlocks(input: RdbInput, db: Database, key: Slice): boolean {
  const nodes = input.count(2)
  if (nodes !== 1) return nodes > 0 ? readManyBlocks(input, db, key, nodes) : input.fail(NO_ELEMENTS)
  const container = input.length()
  const block = input.string()
  const list = container === NODE_PACKED ? listOfListpack(db, key, block) : undefined
  if (list === BROKEN) return input.fail(BROKEN_NODE)
  return list === undefined ? readNodes(input, db, key, 1, () => nodeElements(container, block, input)) : list !== NIL
}

/** So is each of many, but for long elements, which come alone, and blocks beyond the limits. */
function readManyBlocks(input: RdbInput, db: Database, key: Slice, nodes: number): boolean {
  const list = listCreateForNodes(db, key)
  if (list === NIL) return false
  for (let left = nodes; left > 0; left--) {
    if (!readBlock(input, db, list)) {
      db.remove(key)
      return false
    }
    input.release()
  }
  listSettleNew(db, list)
  return true
}

function readBlock(input: RdbInput, db: Database, list: Ref): boolean {
  const container = input.length()
  const block = input.string(bytes)
  const added = container === NODE_PACKED ? listAddNode(db, list, block) : NODE_EXCEEDS
  if (added === BROKEN) return input.fail(BROKEN_NODE)
  if (added !== NODE_EXCEEDS) return added === NODE_ADDED
  return nodeElements(container, block, input).every((text) => listPush(db, list, text, false))
}

const bytes = new Slice()

function nodeElements(container: number, block: Slice, input: RdbInput): readonly Slice[] {
  if (container === NODE_PLAIN) return [block]
  const elements = container === NODE_PACKED ? listpackTexts(block) : undefined
  if (elements === undefined || elements.length === 0) return input.fail(BROKEN_NODE)
  return elements
}

export const listFormat: ValueFormat = {
  formOf: () => RDB_LIST_QUICKLIST_2,
  write(out, db, list) {
    out.length(listNodes(db, list))
    listForNodes(db, list, (bytes, isPlain) => {
      out.length(isPlain ? NODE_PLAIN : NODE_PACKED)
      out.string(bytes)
    })
  },
  begin(outlet, db, list) {
    outlet.out.length(listNodes(db, list))
    const walk = listWalk(db, list, (bytes, isPlain) => {
      outlet.out.length(isPlain ? NODE_PLAIN : NODE_PACKED)
      outlet.out.string(bytes)
    })
    return { walk }
  },
  read: {
    [RDB_LIST]: (input, db, key) => readNodes(input, db, key, input.count(), () => [input.string()]),
    [RDB_LIST_ZIPLIST]: (input, db, key) => readNodes(input, db, key, 1, () => ziplist(input)),
    [RDB_LIST_QUICKLIST]: (input, db, key) => readNodes(input, db, key, input.count(), () => ziplist(input)),
    [RDB_LIST_QUICKLIST_2]: readBlocks,
  },
}

function ziplist(input: RdbInput): readonly Slice[] {
  const elements = readZiplist(input, input.string())
  return elements.length > 0 ? elements : input.fail('a ziplist of a list is empty')
}
