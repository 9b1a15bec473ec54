/*
 * Tables whose items are records that nobody else has: the fields of a big hash,
 * the members of a big set. How they are freed and measured, at once and bit by bit,
 * and what it takes to become one.
 */
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { tableBytes, tableCount, tableFree, tableFreeSome, tableGrowthBytes } from '../structures/hash-table.ts'
import { recordBytes, recordFree } from '../structures/record.ts'
import { tableSome } from '../structures/table-walk.ts'

/** What an entry of a small encoding takes at most when it becomes a record, beside its own bytes. */
const RECORD_BYTES = 48

/** How far a small encoding goes: to so many entries, of so many bytes each. */
export interface SmallLimits {
  readonly entries: number
  readonly bytes: number
}

/**
 * The most bytes that a value in one block, of `entries` entries, takes to grow by `more` entries of `bytes` bytes: to
 * longer blocks, to another small encoding, and to such a table in the end. NIL stands for a value that is still to
 * be made. What the new entries take in the table is not in it.
 */
export function smallGrowthBytes(
  memory: Memory,
  block: Ref,
  entries: number,
  more: number,
  bytes: number,
  limits: SmallLimits,
): number {
  const moved = block === NIL ? 0 : 3 * memory.sizeOf(block) + entries * RECORD_BYTES
  const added = Math.min(more, limits.entries)
  const blocks = 2 * (Math.min(bytes, added * limits.bytes) + added * RECORD_BYTES)
  return moved + blocks + tableGrowthBytes(memory, NIL, entries + more)
}

/** Frees the table and its records. */
export function recordTableFree(memory: Memory, table: Ref): void {
  tableFree(memory, table, (record) => recordFree(memory, record))
}

/** Frees about `items` records of a table that nobody can reach any more; true when it is gone. */
export function recordTableFreeSome(memory: Memory, table: Ref, items: number): boolean {
  return tableFreeSome(memory, table, items, (record) => recordFree(memory, record))
}

/** The bytes of the table and of its records; of more records than `samples`, the others are taken for like the first. */
export function recordTableUsage(memory: Memory, table: Ref, samples: number): number {
  let bytes = 0
  let seen = 0
  const isPart = tableSome(memory, table, (record) => {
    bytes += recordBytes(memory, record)
    return ++seen >= samples
  })
  return tableBytes(memory, table) + (isPart ? Math.round((bytes / seen) * tableCount(memory, table)) : bytes)
}
