/*
 * Blocks that lie in a table by name: the groups of a stream, and the consumers of a
 * group. They are visited in the order of names, as real servers list them.
 */
import { Slice } from '../base/slice.ts'
import { KIND_STREAM } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { hashOf, tableFind, tableInsert, tableRemove } from '../structures/hash-table.ts'
import { recordCreateObject, recordFree, recordKey, recordValueRef } from '../structures/record.ts'
import { tableForEach } from '../structures/table-walk.ts'

const nameSlice = new Slice()

export function findByName(memory: Memory, table: Ref, name: Slice): Ref {
  if (table === NIL) return NIL
  const record = tableFind(memory, table, name, hashOf(memory, name))
  return record === NIL ? NIL : recordValueRef(memory, record)
}

/** Puts a block into a table under a name; its record, or NIL when memory is exhausted: nothing changed. */
export function addByName(memory: Memory, table: Ref, name: Slice, block: Ref): Ref {
  // The kind only says that the value is a block.
  const record = recordCreateObject(memory, KIND_STREAM, name, block)
  if (record === NIL) return NIL
  if (tableInsert(memory, table, hashOf(memory, name), record)) return record
  recordFree(memory, record)
  return NIL
}

/** Takes a name out of a table. */
export function removeByName(memory: Memory, table: Ref, name: Slice): void {
  const hash = hashOf(memory, name)
  const record = tableFind(memory, table, name, hash)
  tableRemove(memory, table, hash, record)
  recordFree(memory, record)
}

/** Visits what a table has, in the order of the names' bytes. */
export function forEachByName(memory: Memory, table: Ref, visit: (block: Ref, name: Slice) => void): void {
  if (table === NIL) return
  const named: { readonly name: Uint8Array; readonly block: Ref }[] = []
  tableForEach(memory, table, (record) => {
    named.push({ name: recordKey(memory, record, nameSlice).bytes(), block: recordValueRef(memory, record) })
  })
  named.sort((a, b) => Buffer.compare(a.name, b.name))
  const own = new Slice()
  for (const { name, block } of named) visit(block, own.aim(name, 0, name.length))
}
