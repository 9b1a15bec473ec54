/*
 * From a name's hash to its number: open addressing over numbers only; the
 * names themselves lie in the arena and are compared there.
 *
 * It is 256 small tables, chosen by the top byte of the hash, and not one big
 * one, because a table grows by rehashing: at ten million names that would stop
 * the backend for a second, a 256th of it for four milliseconds. Nothing is ever
 * removed; a key that was deleted stays as a number marked dead by its owner.
 */

/** What the table must know about the thing that has a number. */
export interface Named {
  /** Whether the name of `id` is the first `size` bytes of `name`. */
  isNamed(id: number, name: Uint8Array, size: number): boolean
  hashOf(id: number): number
}

const TABLES = 256
const SLOTS_FIRST = 8

export class NameTable {
  readonly #named: Named
  // Slots hold number + 1: zero is an empty slot.
  readonly #tables: Uint32Array[] = Array.from({ length: TABLES }, () => new Uint32Array(SLOTS_FIRST))
  readonly #counts = new Uint32Array(TABLES)

  constructor(named: Named) {
    this.#named = named
  }

  /** Bytes held. */
  get size(): number {
    let slots = 0
    for (const table of this.#tables) slots += table.length
    return slots * 4
  }

  /** The number of the name, or -1. */
  find(hash: number, name: Uint8Array, size: number): number {
    const slots = this.#tables[hash >>> 24]!
    const mask = slots.length - 1
    // Terminates: a table is never more than 3/4 full.
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!
      if (entry === 0) return -1
      if (this.#named.isNamed(entry - 1, name, size)) return entry - 1
    }
  }

  /** Adds a number whose name `find` did not find. */
  add(hash: number, id: number): void {
    const at = hash >>> 24
    let slots = this.#tables[at]!
    if (++this.#counts[at]! * 4 > slots.length * 3) {
      slots = this.#grown(slots)
      this.#tables[at] = slots
    }
    insert(slots, hash, id + 1)
  }

  #grown(old: Uint32Array): Uint32Array {
    const slots = new Uint32Array(old.length * 2)
    for (const entry of old) if (entry !== 0) insert(slots, this.#named.hashOf(entry - 1), entry)
    return slots
  }
}

function insert(slots: Uint32Array, hash: number, entry: number): void {
  const mask = slots.length - 1
  let slot = hash & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = entry
}

/** FNV-1a over one byte more. Its state after a prefix is the prefix' own hash, so one pass hashes every folder of a name. */
export const hashStep = (state: number, byte: number): number => Math.imul(state ^ byte, 0x01000193)

/** Spreads the state over all bits: the table takes its top byte and its low bits. */
export function hashEnd(state: number): number {
  let h = state ^ (state >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
