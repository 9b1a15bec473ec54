/*
 * Sorting elements: by themselves or by what a pattern finds for each, as numbers
 * or as texts. Elements of equal numbers are in the order of their texts; those
 * whose texts are equal, or for which nothing was found, stay as they were.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { compareBytes } from '../memory/bytes.ts'
import type { SortPattern } from './sort-pattern.ts'

export interface SortOrder {
  /** What is compared instead of the elements. */
  readonly by: SortPattern | undefined
  readonly isDescending: boolean
  /** As texts; otherwise as numbers. */
  readonly isAlphabetic: boolean
  /** Texts are compared whole; otherwise up to a zero byte, which is where real servers' collation ends. */
  readonly isWhole: boolean
}

const found = new Slice()

/** Numbers that say in what order elements come, and how to compare two of which they do not say it. */
interface Ranking {
  readonly rough: Float64Array
  /** Of the elements with these indices. */
  compare(a: number, b: number): number
}

/**
 * Sorts `elements` where they lie; false: a text to be compared is no number, and nothing has changed.
 * `numberOf` reads one, and answers undefined for what is none.
 */
export function sortElements(
  db: Database,
  elements: Slice[],
  order: SortOrder,
  numberOf: (text: Slice) => number | undefined,
): boolean {
  const ranking = order.isAlphabetic ? byText(db, elements, order) : byNumber(db, elements, order, numberOf)
  if (ranking === undefined) return false
  const indices = sortedIndices(ranking, order.isDescending)
  const unsorted = elements.slice()
  for (let i = 0; i < unsorted.length; i++) elements[i] = unsorted[indices[i]]
  return true
}

/** What is compared instead of an element, alive until the next call; undefined: nothing was found. */
function textOf(db: Database, element: Slice, { by }: SortOrder): Slice | undefined {
  if (by === undefined) return element
  return by.find(db, element, found) ? found : undefined
}

function byNumber(
  db: Database,
  elements: readonly Slice[],
  order: SortOrder,
  numberOf: (text: Slice) => number | undefined,
): Ranking | undefined {
  const rough = new Float64Array(elements.length)
  for (let i = 0; i < elements.length; i++) {
    const text = textOf(db, elements[i], order)
    const number = text === undefined ? 0 : numberOf(text)
    if (number === undefined) return undefined
    rough[i] = number
  }
  return { rough, compare: (a, b) => compareSlices(elements[a], elements[b]) }
}

/** By the bytes behind what all texts begin with, as one number: few pairs are left to be compared by all bytes. */
function byText(db: Database, elements: readonly Slice[], order: SortOrder): Ranking {
  const texts = elements.map((element) => {
    const text = textOf(db, element, order)
    const kept = text === found ? found.copy() : text
    return kept === undefined || order.isWhole ? kept : toZero(kept)
  })
  const skipped = sharedStart(texts)
  const rough = new Float64Array(texts.length)
  for (let i = 0; i < texts.length; i++) rough[i] = startOf(texts[i], skipped)
  return {
    rough,
    compare(a, b) {
      const [textA, textB] = [texts[a], texts[b]]
      return textA === undefined || textB === undefined ? 0 : compareSlices(textA, textB)
    },
  }
}

/** As many bytes as a double holds exactly. */
const START_BYTES = 6

/** The first bytes of a text behind `skipped`, zeros behind its end. What has no text comes first. */
function startOf(text: Slice | undefined, skipped: number): number {
  if (text === undefined) return -1
  const { buf, at, size } = text
  let start = 0
  for (let i = skipped; i < skipped + START_BYTES; i++) start = start * 256 + (i < size ? buf[at + i] : 0)
  return start
}

/** How many bytes all texts begin with alike. */
function sharedStart(texts: readonly (Slice | undefined)[]): number {
  const first = texts.find((text) => text !== undefined)
  let shared = first?.size ?? 0
  for (const text of texts) {
    if (text === undefined) continue
    let i = 0
    while (i < shared && i < text.size && text.buf[text.at + i] === first!.buf[first!.at + i]) i++
    shared = i
  }
  return shared
}

/**
 * The indices in order, those that compare equal as they were. The numbers are sorted twice, which takes no function
 * of two (measured: a tenth of the time): alone, to know the place of each, and then by place and index in one number.
 */
function sortedIndices({ rough, compare }: Ranking, isDescending: boolean): Uint32Array {
  const { length } = rough
  const values = rough.slice().sort()
  let distinct = 0
  for (let i = 0; i < length; i++) if (i === 0 || values[i] !== values[distinct - 1]) values[distinct++] = values[i]
  const placed = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const place = indexIn(values, distinct, rough[i])
    placed[i] = (isDescending ? distinct - 1 - place : place) * length + i
  }
  placed.sort()
  const indices = new Uint32Array(length)
  for (let i = 0; i < length; i++) indices[i] = placed[i] % length
  const sign = isDescending ? -1 : 1
  for (let from = 0; from < length; ) {
    let to = from + 1
    while (to < length && rough[indices[to]] === rough[indices[from]]) to++
    if (to - from > 1) indices.subarray(from, to).sort((a, b) => sign * compare(a, b))
    from = to
  }
  return indices
}

/** Where a value stands among the first `count` of ascending ones, which have it. */
function indexIn(values: Float64Array, count: number, value: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

function compareSlices(a: Slice, b: Slice): number {
  return compareBytes(a.buf, a.at, a.size, b.buf, b.at, b.size)
}

/** The text up to its first zero byte. */
function toZero(text: Slice): Slice {
  const { buf, at, size } = text
  let end = 0
  while (end < size && buf[at + end] !== 0) end++
  return end === size ? text : new Slice(buf, at, end)
}
