/*
 * Size classes: the block sizes that slabs are cut into.
 *
 *   every 4 bytes up to 128, every 8 to 256, every 16 to 512, then 16 steps
 *   to each doubling (so at most 1/17 of a block is slack) up to 512 KiB
 *
 * Fine steps at the small end, because that is where the many are: a key of 16
 * bytes with a value of 32 takes exactly 52 bytes. Everything here is in words.
 *
 * A slab of class c is SPAN_PAGES[c] pages: one for small blocks; for big ones
 * as many as it takes to leave no more than 1/32 of the slab at its end.
 */
import { assert } from '../base/assert.ts'
import { PAGE_WORDS } from './layout.ts'

const LARGEST_WORDS = (512 * 1024) / 4
/** From here on (128 words = 512 bytes) classes are geometric. */
const GEOMETRIC_FROM_SHIFT = 7
const GEOMETRIC_FROM_CLASS = 64
/** 16 steps to each doubling: a full node of a stream, of 2 to 4 KiB, is as many bytes as its entries but for 2 %. */
const STEPS_SHIFT = 4

/** Class numbers are 1-based: 0 marks a free page. */
export function classOf(words: number): number {
  if (words <= 32) return words
  if (words <= 64) return 32 + ((words - 31) >> 1)
  if (words <= 128) return 48 + ((words - 61) >> 2)
  const shift = 31 - Math.clz32(words - 1)
  const stepShift = shift - STEPS_SHIFT
  const steps = (words - (1 << shift) + (1 << stepShift) - 1) >> stepShift
  return GEOMETRIC_FROM_CLASS + ((shift - GEOMETRIC_FROM_SHIFT) << STEPS_SHIFT) + steps
}

export const CLASS_COUNT = classOf(LARGEST_WORDS) + 1
/** The most words a slab can serve; above it blocks are runs of whole pages. */
export const CLASS_WORDS_MAX = LARGEST_WORDS

/** Block size of each class. */
export const CLASS_WORDS = new Int32Array(CLASS_COUNT)
/** Pages of a slab of each class, and how many blocks it holds. */
export const SPAN_PAGES = new Int32Array(CLASS_COUNT)
export const SPAN_BLOCKS = new Int32Array(CLASS_COUNT)

for (let words = 1; words <= LARGEST_WORDS; words++) CLASS_WORDS[classOf(words)] = words
for (let c = 1; c < CLASS_COUNT; c++) {
  const words = CLASS_WORDS[c]
  let pages = Math.ceil(words / PAGE_WORDS)
  while (((pages * PAGE_WORDS) % words) * 32 > pages * PAGE_WORDS) pages++
  SPAN_PAGES[c] = pages
  SPAN_BLOCKS[c] = Math.floor((pages * PAGE_WORDS) / words)
}
assert(CLASS_WORDS[CLASS_COUNT - 1] === LARGEST_WORDS, 'the last size class is the largest')
assert(CLASS_COUNT < 250, 'class numbers share a byte with the marks of runs')
