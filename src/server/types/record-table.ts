/*
 * Tables whose items are records that nobody else has: the fields of a big hash,
 * the members of a big set. How they are freed and measured, at once and bit by bit.
 */
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import { tableBytes, tableForEach, tableFree, tableFreeSome } from '../structures/hash-table.ts'
import { recordBytes, recordFree } from '../structures/record.ts'

/** Frees the table and its records. */
export function recordTableFree(memory: Memory, table: Ref): void {
  tableFree(memory, table, (record) => recordFree(memory, record))
}

/** Frees about `items` records of a table that nobody can reach any more; true when it is gone. */
export function recordTableFreeSome(memory: Memory, table: Ref, items: number): boolean {
  return tableFreeSome(memory, table, items, (record) => recordFree(memory, record))
}

/** The bytes of the table and of its records. */
export function recordTableUsage(memory: Memory, table: Ref): number {
  let bytes = tableBytes(memory, table)
  tableForEach(memory, table, (record) => {
    bytes += recordBytes(memory, record)
  })
  return bytes
}
