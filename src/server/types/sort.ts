/*
 * Sorting elements: by themselves or by what a pattern finds for each, as numbers
 * or as texts. Elements of equal numbers are in the order of their texts; those
 * whose texts are equal, or for which nothing was found, stay as they were.
 *
 * Nothing is moved but indices, by numbers that belong to them (base/sort-by-keys.ts):
 * those of texts are made of some bytes behind what all of them begin with, and texts
 * of equal numbers are sorted by the bytes after that.
 */
import { Slice } from '../base/slice.ts'
import { sortByKeys } from '../base/sort-by-keys.ts'
import type { Database } from '../keyspace/database.ts'
import { compareBytes } from '../memory/bytes.ts'
import type { SortPattern } from './sort-pattern.ts'
import { Texts } from './texts.ts'

export interface SortOrder {
  /** What is compared instead of the elements. */
  readonly by: SortPattern | undefined
  readonly isDescending: boolean
  /** As texts; otherwise as numbers. */
  readonly isAlphabetic: boolean
  /** Texts are compared whole; otherwise up to a zero byte, which is where real servers' collation ends. */
  readonly isWhole: boolean
}

/** So few texts are compared with each other. */
const COMPARED_MAX = 16
/** Bytes of which one key is made: as many as a double holds exactly, each with one more value for a text's end. */
const KEY_BYTES = 6
const KEY_VALUES = 257
/**
 * So many bytes are passed over at most before the next key, where all texts have the same. Without a limit each key
 * could cost a look at all that is left of every text, though it brings the order on by a few bytes.
 */
const SHARED_MAX = 64
/** The key of what has no text comes before all others. */
const NO_TEXT = -1

const element = new Slice()
const found = new Slice()
const left = new Slice()
const right = new Slice()

/**
 * The indices of `elements` in order; undefined: a text to be compared is no number. `numberOf` reads one, and
 * answers undefined for what is none.
 */
export function sortElements(
  db: Database,
  elements: Texts,
  order: SortOrder,
  numberOf: (text: Slice) => number | undefined,
): Uint32Array | undefined {
  const indices = inOrder(elements.count)
  if (order.isAlphabetic) sortByTexts(textsOf(db, elements, order), indices, order.isDescending)
  else {
    const numbers = numbersOf(db, elements, order, numberOf)
    if (numbers === undefined) return undefined
    sortByKeys(numbers, indices)
    for (let from = 0, to = 0; from < indices.length; from = to) {
      to = runEnd(numbers, from)
      if (to - from > 1) sortByTexts(elements, indices.subarray(from, to), order.isDescending)
    }
  }
  return indices
}

/** The indices of `count` elements as they are. */
export function inOrder(count: number): Uint32Array {
  const indices = new Uint32Array(count)
  for (let i = 0; i < count; i++) indices[i] = i
  return indices
}

/** Where keys equal to the one at `from` end. */
function runEnd(keys: Float64Array, from: number): number {
  let to = from + 1
  while (to < keys.length && keys[to] === keys[from]) to++
  return to
}

/** The numbers that are compared, negative ones for positive ones where the highest comes first. */
function numbersOf(
  db: Database,
  elements: Texts,
  { by, isDescending }: SortOrder,
  numberOf: (text: Slice) => number | undefined,
): Float64Array | undefined {
  const numbers = new Float64Array(elements.count)
  for (let i = 0; i < numbers.length; i++) {
    const text = elements.get(i, element)!
    if (by !== undefined && !by.find(db, text, found)) continue
    const number = numberOf(by === undefined ? text : found)
    if (number === undefined) return undefined
    // Either way there is no minus zero.
    numbers[i] = isDescending ? 0 - number : number + 0
  }
  return numbers
}

/** The texts that are compared. */
function textsOf(db: Database, elements: Texts, { by, isWhole }: SortOrder): Texts {
  let texts = elements
  if (by !== undefined) {
    texts = new Texts()
    for (let i = 0; i < elements.count; i++) {
      if (by.find(db, elements.get(i, element)!, found)) texts.add(found)
      else texts.addNone()
    }
  }
  return isWhole ? texts : texts.toZeros()
}

/** Indices of texts that all begin with the same `same` bytes. */
interface Run {
  readonly indices: Uint32Array
  readonly same: number
}

/** Sorts indices by their texts. */
function sortByTexts(texts: Texts, indices: Uint32Array, isDescending: boolean): void {
  // Not by recursion: of texts that differ late, runs lie in runs as deep as the texts are long.
  const runs: Run[] = [{ indices, same: 0 }]
  for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
    if (run.indices.length <= COMPARED_MAX) insert(texts, run.indices, isDescending)
    else sortRun(texts, run, isDescending, runs)
  }
}

/** Sorts a run by its next bytes, and puts into `runs` what is equal as far as these go. */
function sortRun(texts: Texts, { indices, same }: Run, isDescending: boolean, runs: Run[]): void {
  const skipped = sharedStart(texts, indices, same)
  const keys = new Float64Array(indices.length)
  for (let i = 0; i < keys.length; i++) {
    const key = keyOf(texts.get(indices[i], left), skipped)
    keys[i] = isDescending ? 0 - key : key
  }
  sortByKeys(keys, indices)
  for (let from = 0, to = 0; from < keys.length; from = to) {
    to = runEnd(keys, from)
    // Texts that have ended are equal.
    const hasMore = keys[from] % KEY_VALUES !== 0 && Math.abs(keys[from]) !== 1
    if (to - from > 1 && hasMore) runs.push({ indices: indices.subarray(from, to), same: skipped + KEY_BYTES })
  }
}

/** The bytes of a text behind `skipped` as a number; behind the end come zeros. */
function keyOf(text: Slice | undefined, skipped: number): number {
  if (text === undefined) return NO_TEXT
  const { buf, at, size } = text
  let key = 0
  for (let i = skipped; i < skipped + KEY_BYTES; i++) key = key * KEY_VALUES + (i < size ? buf[at + i] + 1 : 0)
  return key
}

/** How many bytes all texts begin with alike, of which `same` are known; no more than SHARED_MAX beyond these. */
function sharedStart(texts: Texts, indices: Uint32Array, same: number): number {
  let first: Slice | undefined
  let shared = 0
  for (const index of indices) {
    const text = texts.get(index, first === undefined ? left : right)
    if (text === undefined) continue
    if (first === undefined) {
      first = text
      shared = Math.min(first.size, same + SHARED_MAX)
    } else {
      let i = same
      while (i < shared && i < text.size && text.buf[text.at + i] === first.buf[first.at + i]) i++
      shared = i
      if (shared === same) break
    }
  }
  return shared
}

function insert(texts: Texts, indices: Uint32Array, isDescending: boolean): void {
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i]
    const text = texts.get(index, left)
    let to = i
    for (; to > 0; to--) {
      const order = compare(texts.get(indices[to - 1], right), text)
      if (isDescending ? order >= 0 : order <= 0) break
      indices[to] = indices[to - 1]
    }
    indices[to] = index
  }
}

/** Where there is no text it comes first. */
function compare(a: Slice | undefined, b: Slice | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  return compareBytes(a.buf, a.at, a.size, b.buf, b.at, b.size)
}
