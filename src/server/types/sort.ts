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

interface Item {
  readonly element: Slice
  /** What is compared, as text; undefined: nothing was found. */
  readonly text: Slice | undefined
  readonly number: number
}

const found = new Slice()

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
  const items: Item[] = []
  for (const element of elements) {
    const hasText = order.by === undefined || order.by.find(db, element, found)
    const text = order.by === undefined ? element : hasText ? found : undefined
    if (order.isAlphabetic) {
      items.push({ element, text: text === found ? found.copy() : text, number: 0 })
      continue
    }
    const number = text === undefined ? 0 : numberOf(text)
    if (number === undefined) return false
    items.push({ element, text: undefined, number })
  }
  const sign = order.isDescending ? -1 : 1
  const compare = order.isAlphabetic ? (order.isWhole ? compareTexts : compareToZero) : compareNumbers
  items.sort((a, b) => sign * compare(a, b))
  items.forEach((item, i) => {
    elements[i] = item.element
  })
  return true
}

function compareNumbers(a: Item, b: Item): number {
  if (a.number !== b.number) return a.number < b.number ? -1 : 1
  return compareSlices(a.element, b.element)
}

function compareTexts(a: Item, b: Item): number {
  if (a.text === undefined || b.text === undefined) return compareMissing(a, b)
  return compareSlices(a.text, b.text)
}

function compareToZero(a: Item, b: Item): number {
  if (a.text === undefined || b.text === undefined) return compareMissing(a, b)
  return compareBytes(a.text.buf, a.text.at, sizeToZero(a.text), b.text.buf, b.text.at, sizeToZero(b.text))
}

/** What has no text comes first. */
function compareMissing(a: Item, b: Item): number {
  return (a.text === undefined ? 0 : 1) - (b.text === undefined ? 0 : 1)
}

function compareSlices(a: Slice, b: Slice): number {
  return compareBytes(a.buf, a.at, a.size, b.buf, b.at, b.size)
}

function sizeToZero({ buf, at, size }: Slice): number {
  let end = 0
  while (end < size && buf[at + end] !== 0) end++
  return end
}
