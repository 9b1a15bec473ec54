/*
 * Walk: over all of a big value as it is at one moment, a little at a time, while
 * commands go on changing the value. Nothing is copied for it but what must be:
 *
 *   tables (hashes, sets, sorted sets) are walked by homes, and before an item changes
 *   that has not been visited, it is. The order of visits is nobody's affair.
 *
 *   blocks (of lists and streams) are visited in their order, and before one of them
 *   changes that has not been visited, it is copied until its turn comes.
 *
 *   what is pending in groups of streams is visited as tables are, by ids (pending-walk.ts).
 *
 *   a long string is visited in pieces, and what is left of it is copied before it changes
 *   or goes.
 *
 * A collection that is deleted meanwhile is kept for its walk, and freed when that ends.
 * Structures and types tell what is about to change by way of Memory.witness, which is
 * what this registers; persistence/snapshot.ts is who walks.
 *
 * Visitors are called in the middle of what commands do: they read, and nothing else.
 */
import { Slice } from '../base/slice.ts'
import type { StreamId } from '../base/stream-id.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import type { Witness } from '../memory/witness.ts'
import type { Visit } from '../structures/table-groups.ts'
import { TableProgress } from '../structures/table-progress.ts'

/** What a home and a block count for among the items of a step, and how many bytes of a string are one. */
const ITEMS_OF_HOME = 8
const ITEMS_OF_BLOCK = 256
const BYTES_OF_ITEM = 512

/** Walks by the Ref that they want to be told about: mostly one, more while several snapshots are taken. */
class WalksByRef<T> {
  private readonly byRef = new Map<Ref, T | readonly T[]>()

  get isEmpty(): boolean {
    return this.byRef.size === 0
  }

  at(ref: Ref): readonly T[] {
    const found = this.byRef.get(ref)
    if (found === undefined) return NOBODY
    return Array.isArray(found) ? found : [found as T]
  }

  add(ref: Ref, walk: T): void {
    const there = this.at(ref)
    this.byRef.set(ref, there.length === 0 ? walk : [...there, walk])
  }

  remove(ref: Ref, walk: T): void {
    const left = this.at(ref).filter((other) => other !== walk)
    if (left.length === 0) this.byRef.delete(ref)
    else this.byRef.set(ref, left)
  }
}

const NOBODY: readonly never[] = []

/** The walks over values of one arena, by what they have to be told about. */
class Walks implements Witness {
  readonly tables = new WalksByRef<TableWalk>()
  /** By every block that has not been visited yet. */
  readonly blocks = new WalksByRef<BlockWalk | StringWalk>()
  readonly groups = new WalksByRef<{ willChange(id: StreamId): void }>()
  readonly roots = new WalksByRef<Walk>()

  static of(memory: Memory): Walks {
    if (memory.witness instanceof Walks) return memory.witness
    const walks = new Walks()
    memory.witness = walks
    return walks
  }

  itemWillChange(table: Ref, hash: number): void {
    for (const walk of this.tables.at(table)) walk.willChange(hash)
  }

  blockWillChange(block: Ref): void {
    for (const walk of this.blocks.at(block)) walk.willChange(block)
  }

  pendingWillChange(group: Ref, id: StreamId): void {
    for (const walk of this.groups.at(group)) walk.willChange(id)
  }

  rootBecomes(from: Ref, to: Ref): void {
    for (const walk of this.roots.at(from)) {
      this.roots.remove(from, walk)
      walk.root = to
      this.roots.add(to, walk)
    }
  }

  keeps(value: Ref, dispose: () => void): boolean {
    const walks = this.roots.at(value)
    for (const walk of walks) walk.dispose = dispose
    return walks.length > 0
  }
}

export abstract class Walk {
  root: Ref
  /** Frees the value, once nobody else can reach it. */
  dispose: (() => void) | undefined
  protected readonly memory: Memory
  protected readonly walks: Walks
  private hasEnded = false

  /** From here on, and until `end`, it is told what is about to change of the value at `root`. */
  constructor(keyspace: Keyspace, root: Ref) {
    this.memory = keyspace.memory
    this.root = root
    this.walks = Walks.of(keyspace.memory)
    this.walks.roots.add(root, this)
  }

  /** Visits about `items` items more; true when all of them have been visited. */
  abstract step(items: number): boolean

  /** Ends the walk, wherever it is, and frees the value if nobody else has it. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.forget()
    this.walks.roots.remove(this.root, this)
    if (this.walks.roots.isEmpty) this.memory.witness = undefined
    // Which keeps it still if there is another walk over it.
    this.dispose?.()
  }

  protected abstract forget(): void
}

/** Over the records of a table, in any order. */
export class TableWalk extends Walk {
  private readonly table: Ref
  private readonly visit: Visit
  private readonly progress: TableProgress

  constructor(keyspace: Keyspace, root: Ref, table: Ref, visit: Visit) {
    super(keyspace, root)
    this.table = table
    this.visit = visit
    this.progress = new TableProgress(this.memory, table)
    this.walks.tables.add(table, this)
  }

  step(items: number): boolean {
    const { progress, memory, table, visit } = this
    for (let left = items; left > 0 && !progress.isComplete; left -= ITEMS_OF_HOME) {
      progress.visitNext(memory, table, visit)
    }
    return progress.isComplete
  }

  willChange(hash: number): void {
    this.progress.visitWith(this.memory, this.table, hash, this.visit)
  }

  protected forget(): void {
    this.walks.tables.remove(this.table, this)
  }
}

/** What reads blocks: now, or from a copy that is made now. */
export interface BlockReader {
  visit(block: Ref): void
  /** What visits the block as it is at the moment of the call. */
  keep(block: Ref): () => void
}

/** Over blocks in their order. */
export class BlockWalk extends Walk {
  private readonly refs: Uint32Array
  private readonly reader: BlockReader
  private readonly kept = new Map<Ref, () => void>()
  private next = 0

  constructor(keyspace: Keyspace, root: Ref, refs: Uint32Array, reader: BlockReader) {
    super(keyspace, root)
    this.refs = refs
    this.reader = reader
    for (const ref of refs) this.walks.blocks.add(ref as Ref, this)
  }

  step(items: number): boolean {
    const { refs, kept } = this
    for (let left = items; left > 0 && this.next < refs.length; left -= ITEMS_OF_BLOCK) {
      const block = refs[this.next++] as Ref
      const visitKept = kept.get(block)
      if (visitKept === undefined) {
        this.walks.blocks.remove(block, this)
        this.reader.visit(block)
      } else {
        kept.delete(block)
        visitKept()
      }
    }
    return this.next >= refs.length
  }

  willChange(block: Ref): void {
    this.walks.blocks.remove(block, this)
    this.kept.set(block, this.reader.keep(block))
  }

  protected forget(): void {
    for (; this.next < this.refs.length; this.next++) {
      const block = this.refs[this.next] as Ref
      // One that is kept is another one's by now, if it is anyone's.
      if (!this.kept.has(block)) this.walks.blocks.remove(block, this)
    }
  }
}

/** Over the bytes of a string in a block of its own, which is its root. */
export class StringWalk extends Walk {
  private readonly rest: Slice
  private readonly piece = new Slice()
  private readonly visit: (piece: Slice) => void
  private readonly block: Ref

  constructor(keyspace: Keyspace, block: Ref, bytes: Slice, visit: (piece: Slice) => void) {
    super(keyspace, block)
    this.block = block
    this.rest = bytes
    this.visit = visit
    this.walks.blocks.add(block, this)
  }

  step(items: number): boolean {
    const { rest, piece } = this
    const size = Math.min(items * BYTES_OF_ITEM, rest.size)
    this.visit(piece.aim(rest.buf, rest.at, size))
    rest.aim(rest.buf, rest.at + size, rest.size - size)
    return rest.size === 0
  }

  willChange(): void {
    this.walks.blocks.remove(this.block, this)
    const { buf, at, size } = this.rest.copy()
    this.rest.aim(buf, at, size)
  }

  protected forget(): void {
    this.walks.blocks.remove(this.block, this)
  }
}
