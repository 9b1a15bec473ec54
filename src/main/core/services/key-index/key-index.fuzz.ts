/*
 * The key index against a plain Set of names and a tree built anew for every
 * question: slow, and obviously right.
 *
 * Method: random additions and removals of names that collide on purpose (few
 * letters, many separators, long and binary ones), and every few steps every
 * window is compared. Run with SEED=<n> to replay a failure.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../../../tests/support/random.ts'
import { DEPTH_MAX, KeyIndex } from './key-index.ts'
import { OpenFolders, orderTree, treeWindow } from './tree-window.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const latin1 = (name: Uint8Array): string => Buffer.from(name).toString('latin1')
const byBytes = (a: string, b: string): number => Buffer.compare(bytes(a), bytes(b))

/** A folder's path, or a key's name, and how deep it lies. */
type ModelRow = readonly [kind: 'folder' | 'key', path: string, depth: number, keys: number]

/** The folders a name lies in, as paths. */
function foldersOf(name: string, separator: string): string[] {
  const folders: string[] = []
  if (separator === '') return folders
  for (let at = 0; folders.length < DEPTH_MAX; ) {
    const cut = name.indexOf(separator, at)
    if (cut < 0) break
    at = cut + separator.length
    folders.push(name.slice(0, at))
  }
  return folders
}

function modelTree(names: ReadonlySet<string>, separator: string, open: ReadonlySet<string>): ModelRow[] {
  const counts = new Map<string, number>()
  const parents = new Map<string, Set<string>>()
  const keys = new Map<string, string[]>()
  for (const name of names) {
    const folders = foldersOf(name, separator)
    let parent = ''
    for (const folder of folders) {
      counts.set(folder, (counts.get(folder) ?? 0) + 1)
      parents.set(parent, (parents.get(parent) ?? new Set()).add(folder))
      parent = folder
    }
    const beside = keys.get(parent)
    if (beside) beside.push(name)
    else keys.set(parent, [name])
  }
  const rows: ModelRow[] = []
  const walk = (path: string, depth: number): void => {
    // Siblings are compared without their last separator.
    const label = (folder: string): string => folder.slice(0, folder.length - separator.length)
    for (const folder of [...(parents.get(path) ?? [])].sort((a, b) => byBytes(label(a), label(b)))) {
      rows.push(['folder', folder, depth, counts.get(folder)!])
      if (open.has(folder)) walk(folder, depth + 1)
    }
    for (const key of (keys.get(path) ?? []).sort(byBytes)) rows.push(['key', key, depth, 1])
  }
  walk('', 0)
  return rows
}

function readTree(index: KeyIndex, paths: readonly string[], offset: number, count: number) {
  const open = new OpenFolders(index, paths.map(bytes))
  for (const _ of orderTree(index, open));
  const { entries, total } = treeWindow(index, open, offset, count)
  const rows = entries.map(
    (entry): ModelRow =>
      entry.kind === 'folder'
        ? ['folder', latin1(index.folderPath(entry.id)), entry.depth, index.keysBeneath(entry.id)]
        : ['key', latin1(index.keyName(entry.id)), entry.depth, 1],
  )
  return { rows, total }
}

function randomName(r: Random, separator: string): string {
  if (r.below(200) === 0) return separator.repeat(r.below(300)) + r.below(3)
  if (r.below(100) === 0) return latin1(r.bytes(4_096))
  const segments = Array.from({ length: r.below(5) }, () =>
    r.below(6) === 0
      ? ''
      : r.below(6) === 0
        ? latin1(r.bytes(3))
        : `${r.pick(['u', 'user', 'us\0', 'z'])}${r.below(12)}`,
  )
  return segments.join(r.below(20) === 0 ? ';' : separator || ':')
}

function compareAll(
  r: Random,
  index: KeyIndex,
  model: ReadonlySet<string>,
  found: readonly string[],
  separator: string,
  where: string,
) {
  expect(index.count, where).toBe(model.size)
  const folders = [...new Set([...model].flatMap((name) => foldersOf(name, separator)))]
  const open = new Set(folders.filter(() => r.below(3) > 0))
  const expected = modelTree(model, separator, open)
  const paths = r.shuffle([...open, 'no such folder:', ''])
  expect(readTree(index, paths, 0, expected.length + 5), where).toEqual({ rows: expected, total: expected.length })
  const offset = r.below(expected.length + 3)
  const count = 1 + r.below(20)
  expect(readTree(index, paths, offset, count).rows, where).toEqual(expected.slice(offset, offset + count))
  for (const _ of index.orderList());
  const sorted = [...model].sort(byBytes)
  expect(index.listSorted(0, model.size + 1).keys.map(latin1), where).toEqual(sorted)
  expect(index.listSorted(offset, count).keys.map(latin1), where).toEqual(sorted.slice(offset, offset + count))
  expect(index.listFound(offset, count).keys.map(latin1), where).toEqual(
    found.filter((name) => model.has(name)).slice(offset, offset + count),
  )
}

test.each([':', '::', '', '\xff'])('the key index behaves as a set of names with separator %j', (separator) => {
  const r = random()
  const index = new KeyIndex(bytes(separator), r.u32())
  const model = new Set<string>()
  const found: string[] = [] // Every name ever found, in order: one that comes back keeps its place.
  const everFound = new Set<string>()
  for (let step = 0; step < 1_500; step++) {
    const where = `seed ${r.seed}, separator ${JSON.stringify(separator)}, step ${step}`
    if (model.size === 0 || r.below(4) > 0) {
      const name = randomName(r, separator)
      expect(index.add(bytes(name)), where).toBe(!model.has(name))
      model.add(name)
      if (!everFound.has(name)) found.push(name)
      everFound.add(name)
    } else {
      const name = r.below(10) === 0 ? randomName(r, separator) : r.pick([...model])
      expect(index.remove(bytes(name)), where).toBe(model.delete(name))
      expect(index.has(bytes(name)), where).toBe(false)
    }
    if (step % 100 === 99) compareAll(r, index, model, found, separator, where)
  }
})

test('an order stays right when keys come and go between the slices of its sort', () => {
  const r = random()
  const index = new KeyIndex(bytes(':'), r.u32())
  const model = new Set<string>()
  const change = (): void => {
    const name = `${r.below(3)}:${r.below(60_000).toString(36)}`
    if (r.below(3) > 0) {
      index.add(bytes(name))
      model.add(name)
    } else {
      index.remove(bytes(name))
      model.delete(name)
    }
  }
  for (let i = 0; i < 150_000; i++) change()
  const open = new OpenFolders(index, ['0:', '1:', '2:'].map(bytes))
  let slices = 0
  for (const _ of orderTree(index, open)) {
    slices++
    for (let i = 0; i < 50; i++) change()
  }
  expect(slices, `seed ${r.seed}`).toBeGreaterThan(5)
  const expected = modelTree(model, ':', new Set(['0:', '1:', '2:']))
  const { rows } = readTree(index, ['0:', '1:', '2:'], 0, expected.length)
  expect(rows.length, `seed ${r.seed}`).toBe(expected.length)
  expect(
    rows.findIndex((row, i) => row[1] !== expected[i]![1]),
    `seed ${r.seed}`,
  ).toBe(-1)
})
