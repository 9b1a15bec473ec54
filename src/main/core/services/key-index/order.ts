/*
 * The sorted order of one set of names while the set keeps changing.
 *
 * Additions wait in `pending`, removals only mark the order stale; `refresh`
 * sorts what waits and merges it in, so a scan that finds a million keys never
 * has the order sorted anew. Between two refreshes the order lags, by choice of
 * whoever calls it: see services/browse.
 */
import { compareNames, type Names, sortNames } from './sort-names.ts'

export class Order {
  readonly #names: Names
  /** Bytes that all names share. */
  readonly #depth: number
  readonly #isAlive: (id: number) => boolean
  #items = new Uint32Array(0)
  #count = 0
  #pending: number[] = []
  #stale = false
  /** The last request that used this order, for whoever evicts. */
  usedAt = 0

  constructor(names: Names, depth: number, isAlive: (id: number) => boolean) {
    this.#names = names
    this.#depth = depth
    this.#isAlive = isAlive
  }

  get count(): number {
    return this.#count
  }

  /** Bytes held. */
  get size(): number {
    return this.#items.byteLength + this.#pending.length * 8
  }

  get isFresh(): boolean {
    return this.#pending.length === 0 && !this.#stale
  }

  /** Something of it was removed: until the next refresh it names what is gone. */
  get isStale(): boolean {
    return this.#stale
  }

  at(index: number): number {
    return this.#items[index]!
  }

  add(id: number): void {
    this.#pending.push(id)
  }

  removed(): void {
    this.#stale = true
  }

  /** The index of `id`, or -1. */
  indexOf(id: number): number {
    const at = this.#lowerBound(id, 0, this.#count)
    return at < this.#count && this.#items[at] === id ? at : -1
  }

  /** Brings the order up to what was known when it was called. */
  *refresh(): Generator<void, void> {
    if (this.isFresh) return
    const pending = Uint32Array.from(this.#pending)
    this.#pending = []
    yield* sortNames(pending, this.#names, this.#depth)
    // From here on in one go: no removal can come between the two filters.
    const stale = this.#stale
    this.#stale = false
    if (stale) this.#count = keep(this.#items, this.#count, this.#isAlive)
    this.#merge(pending, keep(pending, pending.length, this.#isAlive))
  }

  /** Merges from the back, moving whole blocks: few additions cost few comparisons, whatever the length. */
  #merge(added: Uint32Array<ArrayBuffer>, addedCount: number): void {
    const isFirst = this.#count === 0
    let count = 0
    for (let i = 0; i < addedCount; i++) {
      // Removed and found again, an id may wait twice, or be there already.
      if (i > 0 && added[i] === added[i - 1]) continue
      if (isFirst || this.indexOf(added[i]!) < 0) added[count++] = added[i]!
    }
    if (isFirst) {
      this.#items = added
      this.#count = count
      return
    }
    const total = this.#count + count
    if (total > this.#items.length) {
      const larger = new Uint32Array(Math.max(total, Math.ceil(this.#items.length * 1.5)))
      larger.set(this.#items.subarray(0, this.#count))
      this.#items = larger
    }
    let end = this.#count
    for (let i = count - 1; i >= 0; i--) {
      const at = this.#lowerBound(added[i]!, 0, end)
      this.#items.copyWithin(at + i + 1, at, end)
      this.#items[at + i] = added[i]!
      end = at
    }
    this.#count = total
  }

  #lowerBound(id: number, from: number, to: number): number {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareNames(this.#names, this.#items[middle]!, id, this.#depth) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Moves what is alive to the front and says how many that are. */
function keep(ids: Uint32Array, count: number, isAlive: (id: number) => boolean): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const id = ids[i]!
    if (isAlive(id)) ids[kept++] = id
  }
  return kept
}
