/*
 * What a sequence of a million items costs: filling it in order and at random,
 * finding an item's position, finding the item of a position, and draining it.
 *
 * The comparison is the cheapest there is (items are numbers in order), so what is
 * left is the tree. What real comparisons cost is measured with sorted sets.
 */
import { bench } from '../../../tests/support/bench.ts'
import { Random } from '../base/random.ts'
import { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import { treeAppend, treeCount, treeCreate, treeFree, treeInsert, treeRemove } from './ranked-tree.ts'
import { TreeCursor, treeFirst, treeItem, treeLowerBound, treeRank, treeSeek } from './tree-cursor.ts'
import { PLAIN } from './tree-node.ts'

bench('ranked tree', (b) => {
  const items = b.size('items', 1_000, 1_000_000)
  const memory = new Memory()
  const cursor = new TreeCursor()
  let wanted = 0
  const isBefore = (item: Ref): boolean => item < wanted
  let tree = treeCreate(memory, PLAIN)

  const renew = (): void => {
    treeFree(memory, tree)
    tree = treeCreate(memory, PLAIN)
  }
  b.time('insert at random', items, () => {
    renew()
    const random = new Random(1)
    for (let i = 0; i < items; i++) {
      wanted = random.below(0x7fff_ffff) + 1
      treeLowerBound(memory, tree, isBefore, cursor)
      treeInsert(memory, tree, cursor, wanted as Ref, 1)
    }
    return treeCount(memory, tree)
  })
  b.time('append', items, () => {
    renew()
    for (let i = 1; i <= items; i++) treeAppend(memory, tree, i as Ref, 1)
    return treeCount(memory, tree)
  })
  b.time('find and rank', items, () => {
    const random = new Random(1)
    let sum = 0
    for (let i = 0; i < items; i++) {
      wanted = random.below(items) + 1
      treeLowerBound(memory, tree, isBefore, cursor)
      sum += treeRank(memory, tree, cursor)
    }
    return sum
  })
  b.time('seek', items, () => {
    const random = new Random(1)
    let sum = 0
    for (let i = 0; i < items; i++) {
      treeSeek(memory, tree, random.below(items), cursor)
      sum += treeItem(memory, cursor)
    }
    return sum
  })
  b.time('append and remove the first', items, () => {
    for (let i = 0; i < items; i++) {
      treeAppend(memory, tree, (items + i) as Ref, 1)
      treeFirst(memory, tree, cursor)
      treeRemove(memory, tree, cursor)
    }
    return treeCount(memory, tree)
  })
})
