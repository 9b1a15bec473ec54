/*
 * StreamRange: reads the entries of a stream between two ids, forwards or
 * backwards. It finds its first entry in O(log n) and is then one step an entry.
 *
 * It is used again and again: seek, then next() until it answers false. The
 * stream must not change in between, but for deletions through the entry it is on.
 */
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import {
  StreamEntry,
  streamNodeFirst,
  streamNodeLast,
  streamNodeNext,
  streamNodePrevious,
  streamNodeRead,
  streamNodeText,
} from '../structures/stream-node.ts'
import { TreeCursor, treeFirst, treeItem, treeNext, treePrevious } from '../structures/tree-cursor.ts'
import { nodesOf, seekNode } from './stream.ts'

export class StreamRange {
  private readonly cursor = new TreeCursor()
  private readonly entry = new StreamEntry()
  private readonly from = new StreamId()
  private readonly to = new StreamId()
  private readonly field = new Slice()
  private readonly value = new Slice()
  private memory!: Memory
  private isBackwards = false
  /** Where the next entry is, 0 at the end. */
  private position = 0

  /** The id of the entry that it is on. */
  get id(): StreamId {
    return this.entry.id
  }

  /** The number of its fields. */
  get fields(): number {
    return this.entry.fields
  }

  /** Before the first entry of the range `from` to `to`, both included; backwards, before the last. */
  seek(memory: Memory, stream: Ref, from: StreamId, to: StreamId, isBackwards = false): this {
    this.memory = memory
    this.isBackwards = isBackwards
    this.from.copy(from)
    this.to.copy(to)
    const { cursor } = this
    if (isBackwards) {
      const isFound = seekNode(memory, stream, to, cursor)
      this.position = isFound ? streamNodeLast(memory, treeItem(memory, cursor)) : 0
      return this
    }
    const isFound = seekNode(memory, stream, from, cursor) || treeFirst(memory, nodesOf(memory, stream), cursor)
    this.position = isFound ? streamNodeFirst(memory, treeItem(memory, cursor)) : 0
    return this
  }

  /** To the next entry; false when there is none. */
  next(): boolean {
    const { memory, entry } = this
    while (this.position !== 0) {
      streamNodeRead(memory, treeItem(memory, this.cursor), this.position, entry)
      this.position = this.isBackwards ? this.before() : this.after()
      if (entry.isDeleted || !this.isReached()) continue
      if (!this.isPassed()) return true
      this.position = 0
    }
    return false
  }

  /** Whether the entry lies behind the beginning. */
  private isReached(): boolean {
    return this.isBackwards ? this.entry.id.compare(this.to) <= 0 : this.entry.id.compare(this.from) >= 0
  }

  /** Whether the entry lies behind the end. */
  private isPassed(): boolean {
    return this.isBackwards ? this.entry.id.compare(this.from) < 0 : this.entry.id.compare(this.to) > 0
  }

  private after(): number {
    const { memory, cursor } = this
    const position = streamNodeNext(memory, this.entry)
    if (position !== 0) return position
    return treeNext(memory, cursor) ? streamNodeFirst(memory, treeItem(memory, cursor)) : 0
  }

  private before(): number {
    const { memory, cursor } = this
    const position = streamNodePrevious(memory, this.entry.node, this.entry.at)
    if (position !== 0) return position
    return treePrevious(memory, cursor) ? streamNodeLast(memory, treeItem(memory, cursor)) : 0
  }

  /** Visits each field of the entry. The slices live during the visit. */
  forEachField(visit: (field: Slice, value: Slice) => void): void {
    const { memory, entry, field, value } = this
    let nameAt = entry.namesAt
    let valueAt = entry.valuesAt
    for (let left = entry.fields; left > 0; left--) {
      nameAt = streamNodeText(memory, entry.node, nameAt, field)
      if (entry.hasOwnNames) valueAt = nameAt
      valueAt = streamNodeText(memory, entry.node, valueAt, value)
      if (entry.hasOwnNames) nameAt = valueAt
      visit(field, value)
    }
  }
}
