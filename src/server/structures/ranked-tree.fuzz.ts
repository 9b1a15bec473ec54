/*
 * The ranked tree against a plain array of items and weights.
 *
 * Items are numbers that stand for Refs: the tree never looks behind them. Each
 * round favours one way of changing the tree, so that it fills from either end, in
 * the middle and at random, and drains in all those ways too; its own treeCheck
 * walks it all the time. Then the same with memory that runs out.
 * Replay with SEED=<n>.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  treeAddWeight,
  treeAppend,
  treeBytes,
  treeCheck,
  treeCount,
  treeCreate,
  treeFree,
  treeFreeSome,
  treeInsert,
  treeMoveLeaf,
  treePrepend,
  treeRemove,
  treeReplace,
  treeSetKey,
  treeWeight,
} from './ranked-tree.ts'
import {
  TreeCursor,
  treeFirst,
  treeForEach,
  treeItem,
  treeItemKey,
  treeItemWeight,
  treeLast,
  treeLowerBound,
  treeLowerBoundKeyed,
  treeNext,
  treePrevious,
  treeRank,
  treeSeek,
} from './tree-cursor.ts'
import { KEYED, PLAIN, WEIGHTED } from './tree-node.ts'

type Kind = typeof PLAIN | typeof KEYED | typeof WEIGHTED

/** What has no key of its own has 0. */
interface Item {
  ref: Ref
  weight: number
  key: number
}

/** A tree and what it should hold. */
class Pair {
  readonly items: Item[] = []
  readonly cursor = new TreeCursor()
  readonly tree: Ref
  private nextRef = 1
  private readonly r: Random
  private readonly memory: Memory
  private readonly kind: Kind

  constructor(r: Random, memory: Memory, kind: Kind) {
    this.r = r
    this.memory = memory
    this.kind = kind
    this.tree = treeCreate(memory, kind)
  }

  /** One that may come before the item with this index. */
  newItem(index: number): Item {
    return { ref: this.nextRef++ as Ref, weight: this.randomWeight(), key: this.randomKey(index - 1, index) }
  }

  /** What the tree is told of an item. */
  extraOf(item: Item): number {
    return this.kind === KEYED ? item.key : item.weight
  }

  /** Not before that of one index and not behind that of another. Few, so that many are the same. */
  randomKey(from: number, to: number): number {
    if (this.kind !== KEYED) return 0
    const low = this.items[from]?.key ?? 0
    return this.r.between(low, Math.min(this.items[to]?.key ?? 0xffff_ffff, low + 2))
  }

  randomWeight(): number {
    return this.kind === WEIGHTED ? this.r.pick([0, 1, 1, 2, 5, 100, 70_000]) : 1
  }

  weightBefore(index: number): number {
    let weight = 0
    for (let i = 0; i < index; i++) weight += this.items[i]!.weight
    return weight
  }

  /** Puts the cursor on the item with this index, or behind the last one, in one of the ways there are. */
  stand(index: number): void {
    const { memory, tree, cursor, items } = this
    if (index === items.length) {
      if (treeLast(memory, tree, cursor)) expect(treeNext(memory, cursor)).toBe(false)
      return
    }
    const wanted = new Map(items.map((item, i) => [item.ref, i]))
    const isBefore = (ref: Ref): boolean => (wanted.get(ref) ?? -1) < index
    const found =
      this.kind === KEYED && this.r.chance(0.8)
        ? treeLowerBoundKeyed(memory, tree, items[index]!.key, isBefore, cursor)
        : treeLowerBound(memory, tree, isBefore, cursor)
    expect(found).toBe(true)
    expect(treeItem(memory, cursor)).toBe(items[index]!.ref)
  }

  insert(index: number): boolean {
    const item = this.newItem(index)
    this.stand(index)
    if (!treeInsert(this.memory, this.tree, this.cursor, item.ref, this.extraOf(item))) return false
    this.items.splice(index, 0, item)
    expect(treeItem(this.memory, this.cursor)).toBe(item.ref)
    expect(treeItemWeight(this.memory, this.cursor)).toBe(item.weight)
    return true
  }

  append(): boolean {
    const item = this.newItem(this.items.length)
    if (!treeAppend(this.memory, this.tree, item.ref, this.extraOf(item))) return false
    this.items.push(item)
    return true
  }

  prepend(): boolean {
    const item = this.newItem(0)
    if (!treePrepend(this.memory, this.tree, item.ref, this.extraOf(item))) return false
    this.items.unshift(item)
    return true
  }

  /** Removes some items in a row through one cursor. */
  remove(index: number, count: number): void {
    const { memory, tree, cursor, items } = this
    this.stand(index)
    for (let i = 0; i < count; i++) {
      treeRemove(memory, tree, cursor)
      items.splice(index, 1)
      if (index < items.length) expect(treeItem(memory, cursor)).toBe(items[index]!.ref)
    }
    if (index === items.length) expect(treePrevious(memory, cursor)).toBe(items.length > 0)
  }

  /** Takes out some items in a row, whole leaves at a time where there are such. */
  cut(index: number, count: number): void {
    const { memory, tree, cursor, items } = this
    const heap = treeCreate(memory, this.kind)
    if (heap === NIL) return this.remove(index, count)
    const cut: Ref[] = []
    this.stand(index)
    for (let left = count; left > 0; ) {
      const moved = treeMoveLeaf(memory, tree, cursor, left, heap)
      if (moved === 0) treeRemove(memory, tree, cursor)
      const gone = items.splice(index, Math.max(moved, 1)).map((item) => item.ref)
      if (moved > 0) cut.push(...gone)
      left -= gone.length
      if (index < items.length) expect(treeItem(memory, cursor)).toBe(items[index]!.ref)
    }
    if (index === items.length) expect(treePrevious(memory, cursor)).toBe(items.length > 0)
    const moved: Ref[] = []
    treeForEach(memory, heap, (ref) => moved.push(ref))
    expect(moved).toEqual(cut)
    expect(treeCount(memory, heap)).toBe(cut.length)
    while (!treeFreeSome(memory, heap, 50, (ref) => moved.splice(moved.indexOf(ref), 1)));
    expect(moved).toEqual([])
  }

  /** Everything that can be asked, at a few places. */
  compare(): void {
    const { r, memory, tree, cursor, items } = this
    const seen: Ref[] = []
    treeCheck(memory, tree, (ref) => seen.push(ref))
    expect(seen).toEqual(items.map((item) => item.ref))
    const total = this.weightBefore(items.length)
    expect(treeCount(memory, tree)).toBe(items.length)
    expect(treeWeight(memory, tree)).toBe(total)
    expect(treeSeek(memory, tree, total, cursor)).toBe(-1)
    expect(treeSeek(memory, tree, -1, cursor)).toBe(-1)
    expect(treeFirst(memory, tree, cursor)).toBe(items.length > 0)
    if (items.length === 0) return
    for (let i = 0; i < 5; i++) {
      const index = r.below(items.length)
      const item = items[index]!
      this.stand(index)
      expect(treeRank(memory, tree, cursor)).toBe(this.weightBefore(index))
      if (treeNext(memory, cursor)) expect(treeItem(memory, cursor)).toBe(items[index + 1]!.ref)
      else expect(index).toBe(items.length - 1)
      this.stand(index)
      if (treePrevious(memory, cursor)) expect(treeItem(memory, cursor)).toBe(items[index - 1]!.ref)
      else expect(index).toBe(0)
      if (item.weight === 0) continue
      const offset = r.below(item.weight)
      expect(treeSeek(memory, tree, this.weightBefore(index) + offset, cursor)).toBe(offset)
      expect(treeItem(memory, cursor)).toBe(item.ref)
      if (this.kind === WEIGHTED) {
        const before = item.weight
        item.weight = this.randomWeight()
        treeAddWeight(memory, tree, cursor, item.weight - before)
      }
      if (this.kind === KEYED) {
        expect(treeItemKey(memory, cursor)).toBe(item.key)
        item.key = this.randomKey(index - 1, index + 1)
        treeSetKey(memory, cursor, item.key)
      }
      item.ref = this.newItem(index).ref
      treeReplace(memory, cursor, item.ref)
    }
  }
}

/** One way to grow and one to shrink, mixed. */
function phase(r: Random, pair: Pair, steps: number, target: number): void {
  const grow = r.below(4)
  const shrink = r.below(4)
  const place = r.below(pair.items.length + 1)
  for (let step = 0; step < steps; step++) {
    const { length } = pair.items
    if (length > 0 && !r.chance(length < target ? 0.9 : 0.2)) {
      const count = Math.min(length, r.chance(0.1) ? r.between(1, 200) : 1)
      const index = [0, length - count, r.below(length - count + 1), Math.min(place, length - count)][shrink]!
      if (count > 1 && r.chance(0.5)) pair.cut(index, count)
      else pair.remove(index, count)
    } else if (grow === 0) pair.append()
    else if (grow === 1) pair.prepend()
    else pair.insert(grow === 2 ? r.below(length + 1) : Math.min(place, length))
  }
}

describe.each([
  ['without weights', PLAIN],
  ['with keys', KEYED],
  ['with weights', WEIGHTED],
] as const)('a ranked tree %s', (_, kind) => {
  test('behaves as an array', () => {
    const r = random()
    const memory = new Memory()
    for (let round = 0; round < 4; round++) {
      const pair = new Pair(r, memory, kind)
      try {
        for (let i = 0; i < 12; i++) {
          phase(r, pair, 120, r.pick([0, 10, 100, 1_000]))
          pair.compare()
        }
      } catch (cause) {
        throw new Error(`seed ${r.seed}, round ${round}`, { cause })
      }
      treeFree(memory, pair.tree)
      memory.check()
      expect(memory.usedBytes, `seed ${r.seed}`).toBe(0)
    }
  })

  test('grows to several levels and drains from any side', () => {
    const r = random()
    const memory = new Memory()
    for (const side of ['first', 'last', 'random', 'middle']) {
      const pair = new Pair(r, memory, kind)
      const { tree, cursor } = pair
      const count = r.between(9_000, 15_000)
      for (let i = 0; i < count; i++) {
        const { ref, weight } = pair.newItem(0)
        if (side === 'last') treePrepend(memory, tree, ref, 1)
        else if (side === 'first') treeAppend(memory, tree, ref, 1)
        else {
          if (treeSeek(memory, tree, r.below(treeWeight(memory, tree) + 1), cursor) < 0) treeLast(memory, tree, cursor)
          treeInsert(memory, tree, cursor, ref, weight)
        }
        if (i % 1_000 === 0) treeCheck(memory, tree, () => {})
      }
      expect(treeCount(memory, tree), `seed ${r.seed}, ${side}`).toBe(count)
      for (let left = count; left > 0; left--) {
        const total = treeWeight(memory, tree)
        if (side === 'last' || total === 0) treeLast(memory, tree, cursor)
        else if (side === 'first') treeFirst(memory, tree, cursor)
        else treeSeek(memory, tree, side === 'middle' ? total >>> 1 : r.below(total), cursor)
        treeRemove(memory, tree, cursor)
        if (left % 500 === 1) treeCheck(memory, tree, () => {})
      }
      expect(treeCount(memory, tree), `seed ${r.seed}, ${side}`).toBe(0)
      expect(treeBytes(memory, tree), `seed ${r.seed}, ${side}`).toBe(memory.usedBytes)
      treeFree(memory, tree)
      expect(memory.usedBytes, `seed ${r.seed}, ${side}`).toBe(0)
    }
  })

  test('is as it was after an insertion for which there was no memory', () => {
    const r = random()
    const memory = new Memory()
    const pair = new Pair(r, memory, kind)
    let refused = 0
    for (let step = 0; step < 2_000; step++) {
      const room = r.below(1_000)
      memory.limitBytes = r.chance(0.3) ? memory.usedBytes + room : Number.POSITIVE_INFINITY
      const used = memory.usedBytes
      const way = r.below(4)
      const done = way === 0 ? pair.append() : way === 1 ? pair.prepend() : pair.insert(r.below(pair.items.length + 1))
      if (done) continue
      refused++
      expect(memory.usedBytes, `seed ${r.seed}, step ${step}`).toBe(used)
      if (refused % 50 === 1) pair.compare()
    }
    // Without any memory it can still be taken apart.
    memory.limitBytes = 0
    expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
    while (pair.items.length > 0) {
      const index = r.below(pair.items.length)
      if (r.chance(0.1)) pair.cut(index, Math.min(r.between(1, 150), pair.items.length - index))
      else pair.remove(index, 1)
      if (pair.items.length % 100 === 0) pair.compare()
    }
  })

  test('of several levels loses whole leaves and stays what it is', () => {
    const r = random()
    const memory = new Memory()
    const pair = new Pair(r, memory, kind)
    for (let i = 0; i < 6_000; i++) pair.append()
    while (pair.items.length > 0) {
      const count = Math.min(pair.items.length, r.pick([1, 70, 500, 1_500]))
      pair.cut(r.pick([0, pair.items.length - count, r.below(pair.items.length - count + 1)]), count)
      pair.compare()
    }
    expect(treeBytes(memory, pair.tree), `seed ${r.seed}`).toBe(memory.usedBytes)
  })

  test('is freed in slices, every item once', () => {
    const r = random()
    const memory = new Memory()
    const pair = new Pair(r, memory, kind)
    phase(r, pair, 500, 5_000)
    for (let i = 0; i < 10_000; i++) pair.append()
    const freed: Ref[] = []
    let slices = 1
    while (!treeFreeSome(memory, pair.tree, 100, (ref) => freed.push(ref))) slices++
    expect(slices).toBeGreaterThan(50)
    freed.sort((a, b) => a - b)
    expect(freed).toEqual(pair.items.map((item) => item.ref).sort((a, b) => a - b))
    expect(memory.usedBytes).toBe(0)
  })

  test('that is filled from either end has no leaf but the last that is not full', () => {
    const memory = new Memory()
    const tree = treeCreate(memory, kind)
    const items = 64 * 512
    for (let i = 1; i <= items / 2; i++) {
      treeAppend(memory, tree, i as Ref, 1)
      treePrepend(memory, tree, (items + i) as Ref, 1)
    }
    let count = 0
    treeForEach(memory, tree, () => count++)
    expect(count).toBe(items)
    const perItem = treeBytes(memory, tree) / items
    expect(perItem).toBeLessThan({ [PLAIN]: 4.6, [KEYED]: 9.3, [WEIGHTED]: 14.1 }[kind])
    treeFree(memory, tree)
  })
})
