/*
 * A walk (walk.ts) over a big sorted set: in its order for as long as nobody changes it,
 * because whoever reads what was written is faster so. From the first change on it goes
 * over the homes of the table like any other, and leaves out what it has visited: all
 * that comes before the place it had reached.
 */
import { Slice } from '../base/slice.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import { recordCompareKey, recordKey, recordScore } from '../structures/record.ts'
import type { Visit } from '../structures/table-groups.ts'
import { TreeCursor, treeFirst, treeItem, treeNext } from '../structures/tree-cursor.ts'
import { TableWalk } from './walk.ts'
import { rootTable, rootTree } from './zset-skiplist.ts'

/** Where a walk has left the order: at this member, which it has not visited. */
class Place {
  private readonly memory: Memory
  private readonly score: number
  private readonly member: Slice

  constructor(memory: Memory, record: Ref) {
    this.memory = memory
    this.score = recordScore(memory, record)
    this.member = recordKey(memory, record, new Slice()).copy()
  }

  isAfter(record: Ref): boolean {
    const score = recordScore(this.memory, record)
    if (score !== this.score) return score < this.score
    return recordCompareKey(this.memory, record, this.member) < 0
  }
}

export class OrderedWalk extends TableWalk {
  private readonly inOrder: Visit
  private readonly cursor = new TreeCursor()
  private hasMore: boolean
  private readonly left: { at: Place | undefined }

  constructor(keyspace: Keyspace, root: Ref, visit: Visit) {
    const left = { at: undefined as Place | undefined }
    super(keyspace, root, rootTable(keyspace.memory, root), (record) => {
      if (left.at?.isAfter(record) !== true) visit(record)
    })
    this.left = left
    this.inOrder = visit
    this.hasMore = treeFirst(this.memory, rootTree(this.memory, root), this.cursor)
  }

  override step(items: number): boolean {
    if (this.left.at !== undefined) return super.step(items)
    const { memory, cursor } = this
    for (let left = items; left > 0 && this.hasMore; left--) {
      this.inOrder(treeItem(memory, cursor))
      this.hasMore = treeNext(memory, cursor)
    }
    return !this.hasMore
  }

  override willChange(hash: number): void {
    // All of it has been visited.
    if (!this.hasMore) return
    this.left.at ??= new Place(this.memory, treeItem(this.memory, this.cursor))
    super.willChange(hash)
  }
}
