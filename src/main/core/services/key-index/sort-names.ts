/*
 * Sorts numbers by the bytes of their names, as memcmp would, shorter first.
 *
 * A comparison sort costs two cache misses per comparison; a million names of
 * one folder would take seconds. This is a radix sort from the first byte on:
 *
 *   more than PART_MAX names   skip what all have in common, then distribute
 *                              by one byte; the parts are sorted each alone
 *   fewer                      pack four bytes and the position into one 64-bit
 *                              word, sort the words natively, go four bytes
 *                              deeper where words are equal
 *   INSERTION_MAX or fewer     insertion
 *
 * It is a generator and yields at least every PART_MAX names, so that a sort of
 * ten million does not stop the backend. Names are immutable, so whatever
 * happens to the index between two steps does not matter here.
 */
import type { NameArena, NameRef } from './name-arena.ts'

/** How a number leads to its name, which may be the beginning of a longer one (a folder's is). */
export interface Names {
  readonly arena: NameArena
  refOf(id: number): NameRef
  sizeOf(id: number): number
}

const PART_MAX = 16_384
const INSERTION_MAX = 16

/** Sorts `ids` in place. All names agree on their first `depth` bytes. */
export function* sortNames(ids: Uint32Array, names: Names, depth: number): Generator<void, void> {
  if (ids.length <= PART_MAX) return sortPart(ids, names, depth)
  const shared = yield* sharedDepth(ids, names, depth)
  // Part 0 is for the name that ends here; there is at most one, for names differ.
  const ends = new Uint32Array(258)
  const parts = new Uint16Array(ids.length)
  for (let i = 0; i < ids.length; i++) {
    const part = byteAt(names, ids[i]!, shared) + 1
    parts[i] = part
    ends[part + 1]!++
    if (i % PART_MAX === PART_MAX - 1) yield
  }
  for (let part = 1; part < ends.length; part++) ends[part]! += ends[part - 1]!
  const old = ids.slice()
  for (let i = 0; i < old.length; i++) ids[ends[parts[i]!]!++] = old[i]!
  yield
  // What was the start of each part has moved to its end.
  for (let part = 1; part <= 256; part++) {
    const from = ends[part - 1]!
    const to = ends[part]!
    if (to - from < 2) continue
    yield* sortNames(ids.subarray(from, to), names, shared + 1)
    yield
  }
}

/** How many first bytes all names share. */
function* sharedDepth(ids: Uint32Array, names: Names, depth: number): Generator<void, number> {
  const { arena } = names
  const first = ids[0]!
  const model = arena.slice(names.refOf(first), 0, names.sizeOf(first))
  let shared = model.length
  for (let i = 1; i < ids.length && shared > depth; i++) {
    const id = ids[i]!
    const ref = names.refOf(id)
    const chunk = arena.chunkOf(ref)
    const start = arena.startOf(ref)
    shared = Math.min(shared, names.sizeOf(id))
    let at = depth
    while (at < shared && chunk[start + at] === model[at]) at++
    shared = at
    if (i % PART_MAX === 0) yield
  }
  return shared
}

/** -1 where the name ends. */
function byteAt(names: Names, id: number, at: number): number {
  if (at >= names.sizeOf(id)) return -1
  const ref = names.refOf(id)
  return names.arena.chunkOf(ref)[names.arena.startOf(ref) + at]!
}

/** Four bytes from `at` on as one number, zeros past the end. */
function wordAt(names: Names, id: number, at: number): number {
  const size = names.sizeOf(id)
  const ref = names.refOf(id)
  const chunk = names.arena.chunkOf(ref)
  const start = names.arena.startOf(ref)
  let word = 0
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < size ? chunk[start + i]! : 0)
  return word >>> 0
}

function sortPart(ids: Uint32Array, names: Names, depth: number): void {
  if (ids.length <= INSERTION_MAX) return insertionSort(ids, names, depth)
  const words = new BigUint64Array(ids.length)
  const halves = new Uint32Array(words.buffer)
  for (let i = 0; i < ids.length; i++) {
    halves[2 * i] = i
    halves[2 * i + 1] = wordAt(names, ids[i]!, depth)
  }
  words.sort()
  const old = ids.slice()
  for (let i = 0; i < ids.length; i++) ids[i] = old[halves[2 * i]!]!
  for (let from = 0; from < ids.length; ) {
    let to = from + 1
    while (to < ids.length && halves[2 * to + 1] === halves[2 * from + 1]) to++
    if (to - from > 1) sortEqualWords(ids.subarray(from, to), names, depth + 4)
    from = to
  }
}

/**
 * Names whose words are equal: those that end inside the word are each the
 * beginning of every longer one (the word's zeros being real zeros there), so
 * they come first, shortest first. There are at most four.
 */
function sortEqualWords(ids: Uint32Array, names: Names, depth: number): void {
  let ended = 0
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!
    if (names.sizeOf(id) >= depth) continue
    let at = ended++
    ids[i] = ids[at]!
    for (; at > 0 && names.sizeOf(ids[at - 1]!) > names.sizeOf(id); at--) ids[at] = ids[at - 1]!
    ids[at] = id
  }
  if (ids.length - ended > 1) sortPart(ids.subarray(ended), names, depth)
}

function insertionSort(ids: Uint32Array, names: Names, depth: number): void {
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i]!
    let at = i
    for (; at > 0 && compareNames(names, ids[at - 1]!, id, depth) > 0; at--) ids[at] = ids[at - 1]!
    ids[at] = id
  }
}

/** Below, at or above zero, as memcmp; both names agree on their first `depth` bytes. */
export function compareNames(names: Names, a: number, b: number, depth: number): number {
  if (a === b) return 0
  const { arena } = names
  const refA = names.refOf(a)
  const refB = names.refOf(b)
  const chunkA = arena.chunkOf(refA)
  const chunkB = arena.chunkOf(refB)
  const startA = arena.startOf(refA)
  const startB = arena.startOf(refB)
  const sizeA = names.sizeOf(a)
  const sizeB = names.sizeOf(b)
  const end = Math.min(sizeA, sizeB)
  for (let i = depth; i < end; i++) {
    const difference = chunkA[startA + i]! - chunkB[startB + i]!
    if (difference !== 0) return difference
  }
  return sizeA - sizeB
}
