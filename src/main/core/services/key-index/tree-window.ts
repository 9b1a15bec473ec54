/*
 * The tree as it is drawn, row after row, of which a window is asked for.
 *
 * The rows of a folder are its folders (each followed by its own rows where it
 * is open) and then its keys. Only open folders are visited; what lies between
 * two of them is skipped by arithmetic. So a window costs its rows plus the open
 * folders, whether the root has ten folders or a million.
 */
import { type KeyIndex, ROOT } from './key-index.ts'

export type TreeEntry =
  | { readonly kind: 'folder'; readonly id: number; readonly depth: number; readonly open: boolean }
  | { readonly kind: 'key'; readonly id: number; readonly depth: number; readonly folder: number }

export interface TreeWindow {
  readonly entries: readonly TreeEntry[]
  readonly total: number
}

/** Which folders are open, and inside which: what `orderTree` and `treeWindow` work on. */
export class OpenFolders {
  readonly #inside = new Map<number, number[]>()

  /** Paths that name no folder found so far are passed over. */
  constructor(index: KeyIndex, paths: readonly Uint8Array[]) {
    const seen = new Set<number>()
    for (const path of paths) {
      const folder = index.folderNamed(path)
      if (folder < 0 || seen.has(folder)) continue
      seen.add(folder)
      const parent = index.parentOf(folder)
      const beside = this.#inside.get(parent)
      if (beside) beside.push(folder)
      else this.#inside.set(parent, [folder])
    }
  }

  inside(folder: number): readonly number[] {
    return this.#inside.get(folder) ?? []
  }

  /** The root and the open folders that can be seen, those above before those inside. */
  visible(): number[] {
    const folders = [ROOT]
    for (let i = 0; i < folders.length; i++) for (const folder of this.inside(folders[i]!)) folders.push(folder)
    return folders
  }
}

/** Brings the orders a window needs up to date. Run it in slices; `isStale` says when it cannot be put off. */
export function orderTree(index: KeyIndex, open: OpenFolders): Generator<void, void> {
  return index.orderFolders(open.visible())
}

/** Whether a window would show what is gone, or nothing of a folder that was just opened. */
export function isTreeStale(index: KeyIndex, open: OpenFolders): boolean {
  return open.visible().some((folder) => {
    const { folders, keys } = index.ordersOf(folder)
    return folders.isStale || keys.isStale || (folders.count + keys.count === 0 && index.keysBeneath(folder) > 0)
  })
}

interface OpenFolder {
  readonly folder: number
  readonly depth: number
  /** Its position among the folders beside it. */
  readonly position: number
  readonly inside: readonly OpenFolder[]
  readonly rows: number
}

export function treeWindow(index: KeyIndex, open: OpenFolders, offset: number, count: number): TreeWindow {
  const root = measure(index, open, ROOT, -1, 0)
  const entries: TreeEntry[] = []
  emit(index, root, offset, offset + count, entries)
  return { entries, total: root.rows }
}

function measure(index: KeyIndex, open: OpenFolders, folder: number, position: number, depth: number): OpenFolder {
  const { folders, keys } = index.ordersOf(folder)
  const inside: OpenFolder[] = []
  let rows = folders.count + keys.count
  for (const child of open.inside(folder)) {
    const at = folders.indexOf(child)
    if (at < 0) continue // Found since the last ordering.
    const opened = measure(index, open, child, at, depth + 1)
    inside.push(opened)
    rows += opened.rows
  }
  inside.sort((a, b) => a.position - b.position)
  return { folder, depth, position, inside, rows }
}

/** Adds the rows `from` up to `to`, counted from the first row of `at`. */
function emit(index: KeyIndex, at: OpenFolder, from: number, to: number, entries: TreeEntry[]): void {
  const { folders, keys } = index.ordersOf(at.folder)
  let row = 0 // Rows of this folder passed so far.
  const closed = (first: number, end: number): void => {
    const begin = first + Math.max(0, from - row)
    for (let i = begin; i < end && row + i - first < to; i++) {
      entries.push({ kind: 'folder', id: folders.at(i), depth: at.depth, open: false })
    }
    row += end - first
  }
  let next = 0
  for (const opened of at.inside) {
    if (row >= to) return
    closed(next, opened.position)
    if (row >= from && row < to) {
      entries.push({ kind: 'folder', id: opened.folder, depth: at.depth, open: true })
    }
    row++
    if (row + opened.rows > from && row < to) emit(index, opened, from - row, to - row, entries)
    row += opened.rows
    next = opened.position + 1
  }
  closed(next, folders.count)
  for (let i = Math.max(0, from - row); i < keys.count && row + i < to; i++) {
    entries.push({ kind: 'key', id: keys.at(i), depth: at.depth, folder: at.folder })
  }
}
