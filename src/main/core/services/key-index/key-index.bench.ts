/*
 * What a key costs in the index, in bytes and in time, for two shapes of names:
 * a million entities of three keys each (`user:<n>:<part>`: a folder for every
 * three keys), and one folder full of leaves (`session:<hex>`).
 *
 * Bytes per key are those of `KeyIndex.size` (typed arrays only) with the root's
 * order; the names' own bytes are printed beside. Compare two commits on one
 * idle machine.
 */
import { bench, isFullBenchmark } from '../../../../../tests/support/bench.ts'
import { random } from '../../../../../tests/support/random.ts'
import { KeyIndex } from './key-index.ts'
import { OpenFolders, orderTree, treeWindow } from './tree-window.ts'

const SEED = 20_261_124
const SEPARATOR = Buffer.from(':')

const SHAPES = {
  'user:<n>:<part>': (i: number): string =>
    `user:${Math.imul(i - (i % 3), 2_654_435) >>> 0}:${['name', 'cart', 'seen'][i % 3]}`,
  'session:<hex>': (i: number): string => `session:${Math.imul(i, 0x9e37_79b1) >>> 0}${(i % 0xffff).toString(16)}`,
}

for (const [shape, nameOf] of Object.entries(SHAPES)) {
  bench(`key index, ${shape}`, (b) => {
    const count = b.size('keys', 3_000, 3_000_000)
    const names = Array.from({ length: count }, (_, i) => Buffer.from(nameOf(i)))
    const r = random(SEED)
    let index = new KeyIndex(SEPARATOR, SEED)

    b.time('add', count, () => {
      index = new KeyIndex(SEPARATOR, SEED)
      for (const name of names) index.add(name)
      return index.count
    })
    b.time('find again (SCAN repeats)', count, () => {
      let added = 0
      for (const name of names) added += index.add(name) ? 1 : 0
      return added
    })
    const folder = Buffer.from(nameOf(0).slice(0, nameOf(0).indexOf(':') + 1))
    b.time('open a folder of them all, first time', count, () => {
      const fresh = new KeyIndex(SEPARATOR, SEED)
      for (const name of names) fresh.add(name)
      const start = performance.now()
      const open = new OpenFolders(fresh, [folder])
      let longest = 0
      let before = start
      for (const _ of orderTree(fresh, open)) {
        const now = performance.now()
        longest = Math.max(longest, now - before)
        before = now
      }
      if (isFullBenchmark) {
        console.log(
          `  ordering took ${(performance.now() - start).toFixed(0)} ms, longest slice ${longest.toFixed(1)} ms`,
        )
      }
      return treeWindow(fresh, open, 0, 100).total
    })
    const open = new OpenFolders(index, [folder])
    for (const _ of orderTree(index, open));
    const rows = treeWindow(index, open, 0, 1).total
    b.time('window of 100 rows anywhere', 1, () => treeWindow(index, open, r.below(rows), 100).entries.length)
    if (isFullBenchmark) {
      const payload = names.reduce((sum, name) => sum + name.length, 0)
      const perKey = index.size / index.count
      console.log(`  ${perKey.toFixed(1)} bytes per key, of which ${(payload / count).toFixed(1)} are the name`)
    }
  })
}
