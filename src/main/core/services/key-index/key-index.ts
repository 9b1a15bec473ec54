/*
 * All keys a browse has found, and the folders their names make, small enough
 * for ten million (see key-index.bench.ts for bytes per key).
 *
 *  key      name in the arena, parent folder, next key of that folder
 *  folder   a first part of some key's name (so no bytes of its own), parent,
 *           next folder beside it, its first folder and key, keys beneath it
 *
 * A folder is what stands before a separator: `a:b:c` lies in `a:`, which holds
 * `a:b:`. Names may be any bytes; segments may be empty (`a::b`, `:x`, `x:`),
 * and a key may be called as a folder is (`user` beside `user:1`).
 *
 * Keys and folders are numbered in the order they were found and never leave:
 * what is removed is marked dead and revived when it is found again.
 *
 * Sorted orders exist only for what is looked at: the root, open folders, the
 * flat list once it was asked for. Bringing them up to date is apart from
 * reading them (`orderTree`, `orderList`: generators, to be run in slices),
 * because it is the one step whose cost grows with what was found.
 */
import { Column } from './column.ts'
import { NAME_SIZE_MAX, NameArena, type NameRef } from './name-arena.ts'
import { hashEnd, hashStep, NameTable } from './name-table.ts'
import { Order } from './order.ts'
import type { Names } from './sort-names.ts'

export { NAME_SIZE_MAX }

export const ROOT = 0
/** Links end, and a dead key has no parent. */
const NONE = 0xffff_ffff
/** Folders nest no deeper; what follows is one segment. A name of separators only would make a folder per byte. */
export const DEPTH_MAX = 128
/** Orders that this many requests did not use are dropped: they come back, sorted anew, when they are asked for. */
const ORDER_IDLE_MAX = 32

/** What a folder shows: its folders, then its keys, each sorted by name. */
interface FolderOrders {
  readonly folders: Order
  readonly keys: Order
}

export interface ListWindow {
  readonly keys: readonly Uint8Array[]
  readonly total: number
}

export class KeyIndex {
  readonly #separator: Uint8Array
  readonly #seed: number
  readonly #arena = new NameArena()

  readonly #keyName = new Column()
  readonly #keyParent = new Column()
  readonly #keyNext = new Column()
  readonly #keyTable: NameTable

  readonly #folderName = new Column() // The record of a key in it; the folder's own name is its beginning.
  readonly #folderSize = new Column() // Bytes of its name, the last separator excluded.
  readonly #folderParent = new Column()
  readonly #folderNext = new Column()
  readonly #folderFirst = new Column()
  readonly #folderFirstKey = new Column()
  readonly #folderKeys = new Column() // Keys alive beneath it, at any depth.
  readonly #folderTable: NameTable

  readonly #keyNames: Names
  readonly #folderNames: Names
  readonly #orders = new Map<number, FolderOrders>()
  #requests = 0
  #sorted: Order | undefined
  /** Keys below this number are in `#sorted` or wait in it. */
  #sortedUpTo = 0
  /** Keys alive in the order they were found; only kept once some are dead. */
  #found: Uint32Array | undefined
  #deadCount = 0

  // The separators of the name at hand, and the hash of what is before each.
  readonly #cutAt = new Uint32Array(DEPTH_MAX)
  readonly #cutHash = new Uint32Array(DEPTH_MAX)
  #cuts = 0

  /** `separator` may be empty: then there are no folders. `seed` keeps hashes from being foreseen. */
  constructor(separator: Uint8Array, seed: number = (Math.random() * 0x1_0000_0000) >>> 0) {
    this.#separator = separator
    this.#seed = seed
    this.#keyNames = {
      arena: this.#arena,
      refOf: (id) => this.#keyName.get(id) as NameRef,
      sizeOf: (id) => this.#arena.sizeOf(this.#keyName.get(id) as NameRef),
    }
    this.#folderNames = {
      arena: this.#arena,
      refOf: (id) => this.#folderName.get(id) as NameRef,
      sizeOf: (id) => this.#folderSize.get(id),
    }
    this.#keyTable = new NameTable({
      isNamed: (id, name, size) =>
        this.#keyNames.sizeOf(id) === size && this.#agrees(this.#keyNames.refOf(id), name, size),
      hashOf: (id) => this.#hash(this.#keyNames, id),
    })
    this.#folderTable = new NameTable({
      isNamed: (id, name, size) =>
        this.#folderSize.get(id) === size && this.#agrees(this.#folderNames.refOf(id), name, size),
      hashOf: (id) => this.#hash(this.#folderNames, id),
    })
    this.#pushFolder(this.#arena.push(new Uint8Array(0)), 0, NONE)
  }

  /** Keys alive. */
  get count(): number {
    return this.#folderKeys.get(ROOT)
  }

  /** Bytes held, outside the JavaScript heap for all but a few of them. */
  get size(): number {
    let size = this.#arena.size + this.#keyTable.size + this.#folderTable.size
    size += this.#keyName.size + this.#keyParent.size + this.#keyNext.size
    size += this.#folderName.size + this.#folderSize.size + this.#folderParent.size + this.#folderNext.size
    size += this.#folderFirst.size + this.#folderFirstKey.size + this.#folderKeys.size
    for (const { folders, keys } of this.#orders.values()) size += folders.size + keys.size
    return size + (this.#sorted?.size ?? 0) + (this.#found?.byteLength ?? 0)
  }

  /** False where the key is known already. The name is at most NAME_SIZE_MAX bytes. */
  add(name: Uint8Array): boolean {
    const hash = this.#cut(name)
    let id = this.#keyTable.find(hash, name, name.length)
    if (id >= 0) {
      if (this.#keyParent.get(id) !== NONE) return false
      this.#revive(id)
    } else {
      const ref = this.#arena.push(name)
      id = this.#keyName.push(ref)
      this.#keyTable.add(hash, id)
      const parent = this.#folderAt(ref, name)
      this.#keyParent.push(parent)
      this.#keyNext.push(this.#folderFirstKey.get(parent))
      this.#folderFirstKey.set(parent, id)
    }
    const parent = this.#keyParent.get(id)
    this.#orders.get(parent)?.keys.add(id)
    for (let folder = parent; folder !== NONE; folder = this.#folderParent.get(folder)) {
      const keys = this.#folderKeys.get(folder)
      this.#folderKeys.set(folder, keys + 1)
      if (keys === 0) this.#orders.get(this.#folderParent.get(folder))?.folders.add(folder)
    }
    return true
  }

  /** False where there is no such key. */
  remove(name: Uint8Array): boolean {
    const id = this.#keyTable.find(this.#cut(name), name, name.length)
    if (id < 0) return false
    const parent = this.#keyParent.get(id)
    if (parent === NONE) return false
    this.#keyParent.set(id, NONE)
    this.#deadCount++
    this.#found = undefined
    this.#sorted?.removed()
    this.#orders.get(parent)?.keys.removed()
    for (let folder = parent; folder !== NONE; folder = this.#folderParent.get(folder)) {
      const keys = this.#folderKeys.get(folder) - 1
      this.#folderKeys.set(folder, keys)
      if (keys === 0) this.#orders.get(this.#folderParent.get(folder))?.folders.removed()
    }
    return true
  }

  has(name: Uint8Array): boolean {
    const id = this.#keyTable.find(this.#cut(name), name, name.length)
    return id >= 0 && this.#keyParent.get(id) !== NONE
  }

  // Reading: the flat list.

  /** Keys in the order they were found. A revived key keeps its place. */
  listFound(offset: number, count: number): ListWindow {
    const total = this.count
    const keys: Uint8Array[] = []
    const alive = this.#deadCount === 0 ? undefined : this.#aliveKeys()
    for (let i = offset; i < Math.min(offset + count, total); i++) keys.push(this.keyName(alive ? alive[i]! : i))
    return { keys, total }
  }

  #aliveKeys(): Uint32Array {
    if (this.#found?.length === this.count) return this.#found
    const alive = new Uint32Array(this.count)
    let at = 0
    for (let id = 0; id < this.#keyName.count; id++) if (this.#keyParent.get(id) !== NONE) alive[at++] = id
    this.#found = alive
    return alive
  }

  /** Brings the sorted list up to date. */
  *orderList(): Generator<void, void> {
    this.#sorted ??= new Order(this.#keyNames, 0, this.#isKeyAlive)
    for (; this.#sortedUpTo < this.#keyName.count; this.#sortedUpTo++) this.#sorted.add(this.#sortedUpTo)
    yield* this.#sorted.refresh()
  }

  /** Keys in the order of their bytes, as of the last `orderList`. */
  listSorted(offset: number, count: number): ListWindow {
    const order = this.#sorted
    if (!order) throw new Error('orderList has not been run')
    const keys: Uint8Array[] = []
    for (let i = offset; i < Math.min(offset + count, order.count); i++) keys.push(this.keyName(order.at(i)))
    return { keys, total: order.count }
  }

  get isListStale(): boolean {
    return this.#sorted?.isStale ?? true
  }

  // Reading: folders. Rows are put together from these in tree-window.ts.

  /** The folder a path names, its last separator included (`user:`), or -1. */
  folderNamed(path: Uint8Array): number {
    const size = path.length - this.#separator.length
    if (size < 0 || this.#separator.length === 0 || !endsWith(path, this.#separator)) return -1
    const id = this.#folderTable.find(this.#hashOf(path, size), path, size)
    return id >= 0 && this.#folderKeys.get(id) > 0 ? id : -1
  }

  parentOf(folder: number): number {
    return this.#folderParent.get(folder)
  }

  /** Keys beneath the folder found so far, at any depth. */
  keysBeneath(folder: number): number {
    return this.#folderKeys.get(folder)
  }

  /** Bytes of the path of a folder, its last separator included: where the names in it begin to differ. */
  pathSize(folder: number): number {
    return folder === ROOT ? 0 : this.#folderSize.get(folder) + this.#separator.length
  }

  /** A view of a folder's last segment alone. */
  folderLabel(folder: number): Uint8Array {
    const parent = this.#folderParent.get(folder)
    return this.#arena.slice(
      this.#folderName.get(folder) as NameRef,
      this.pathSize(parent),
      this.#folderSize.get(folder),
    )
  }

  /** A view of a folder's path, its last separator included. */
  folderPath(folder: number): Uint8Array {
    return this.#arena.slice(this.#folderName.get(folder) as NameRef, 0, this.pathSize(folder))
  }

  /** A view of a key's name. */
  keyName(key: number): Uint8Array {
    const ref = this.#keyName.get(key) as NameRef
    return this.#arena.slice(ref, 0, this.#arena.sizeOf(ref))
  }

  /** The orders of a folder, made on first use and then empty until they are refreshed. */
  ordersOf(folder: number): FolderOrders {
    let orders = this.#orders.get(folder)
    if (!orders) {
      orders = this.#makeOrders(folder)
      this.#orders.set(folder, orders)
    }
    orders.folders.usedAt = this.#requests
    return orders
  }

  #makeOrders(folder: number): FolderOrders {
    const depth = this.pathSize(folder)
    const folders = new Order(this.#folderNames, depth, this.#isFolderAlive)
    for (let id = this.#folderFirst.get(folder); id !== NONE; id = this.#folderNext.get(id)) {
      if (this.#isFolderAlive(id)) folders.add(id)
    }
    const keys = new Order(this.#keyNames, depth, this.#isKeyAlive)
    for (let id = this.#folderFirstKey.get(folder); id !== NONE; id = this.#keyNext.get(id)) {
      if (this.#isKeyAlive(id)) keys.add(id)
    }
    return { folders, keys }
  }

  /** Brings the orders of these folders up to date, and drops those long unused. */
  *orderFolders(folders: Iterable<number>): Generator<void, void> {
    this.#requests++
    for (const folder of folders) {
      const orders = this.ordersOf(folder)
      yield* orders.folders.refresh()
      yield* orders.keys.refresh()
    }
    for (const [folder, orders] of this.#orders) {
      if (this.#requests - orders.folders.usedAt > ORDER_IDLE_MAX) this.#orders.delete(folder)
    }
  }

  // Making.

  readonly #isKeyAlive = (key: number): boolean => this.#keyParent.get(key) !== NONE
  readonly #isFolderAlive = (folder: number): boolean => this.#folderKeys.get(folder) > 0

  #revive(key: number): void {
    const name = this.keyName(key)
    this.#keyParent.set(key, this.#folderAt(this.#keyName.get(key) as NameRef, name))
    this.#deadCount--
    this.#found = undefined
    if (key < this.#sortedUpTo) this.#sorted?.add(key)
  }

  /** Finds the separators of the name and the hashes before them; returns the hash of the whole. */
  #cut(name: Uint8Array): number {
    const separator = this.#separator
    const first = separator.length === 0 ? -1 : separator[0]!
    let state = this.#seed
    let next = 0 // A separator does not begin inside another.
    this.#cuts = 0
    for (let i = 0; i < name.length; i++) {
      const byte = name[i]!
      if (byte === first && i >= next && this.#cuts < DEPTH_MAX && startsAt(name, i, separator)) {
        this.#cutAt[this.#cuts] = i
        this.#cutHash[this.#cuts++] = hashEnd(state)
        next = i + separator.length
      }
      state = hashStep(state, byte)
    }
    return hashEnd(state)
  }

  /** The folder of the name that was cut last, made with those above it where there is none. */
  #folderAt(ref: NameRef, name: Uint8Array): number {
    let known = this.#cuts
    let folder = ROOT
    while (known > 0) {
      const found = this.#folderTable.find(this.#cutHash[known - 1]!, name, this.#cutAt[known - 1]!)
      if (found >= 0) {
        folder = found
        break
      }
      known--
    }
    for (let cut = known; cut < this.#cuts; cut++) {
      const child = this.#pushFolder(ref, this.#cutAt[cut]!, folder)
      this.#folderNext.set(child, this.#folderFirst.get(folder))
      this.#folderFirst.set(folder, child)
      this.#folderTable.add(this.#cutHash[cut]!, child)
      folder = child
    }
    return folder
  }

  #pushFolder(ref: NameRef, size: number, parent: number): number {
    this.#folderSize.push(size)
    this.#folderParent.push(parent)
    this.#folderNext.push(NONE)
    this.#folderFirst.push(NONE)
    this.#folderFirstKey.push(NONE)
    this.#folderKeys.push(0)
    return this.#folderName.push(ref)
  }

  #agrees(ref: NameRef, name: Uint8Array, size: number): boolean {
    const chunk = this.#arena.chunkOf(ref)
    const start = this.#arena.startOf(ref)
    for (let i = 0; i < size; i++) if (chunk[start + i] !== name[i]) return false
    return true
  }

  #hash(names: Names, id: number): number {
    const size = names.sizeOf(id)
    return this.#hashOf(this.#arena.slice(names.refOf(id), 0, size), size)
  }

  #hashOf(name: Uint8Array, size: number): number {
    let state = this.#seed
    for (let i = 0; i < size; i++) state = hashStep(state, name[i]!)
    return hashEnd(state)
  }
}

function startsAt(name: Uint8Array, at: number, part: Uint8Array): boolean {
  if (at + part.length > name.length) return false
  for (let i = 1; i < part.length; i++) if (name[at + i] !== part[i]) return false
  return true
}

const endsWith = (name: Uint8Array, part: Uint8Array): boolean => {
  const from = name.length - part.length
  return from >= 0 && name[from] === part[0] && startsAt(name, from, part)
}
