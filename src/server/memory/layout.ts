/*
 * What a reference into the arena is, and how it is taken apart.
 *
 *   bit 31       24 23                        0
 *      +-----------+---------------------------+
 *      | segment   | word within the segment   |      a word is 4 bytes
 *      +-----------+---------------------------+
 *
 * A Ref is an unsigned 32-bit number of words, not bytes, so it reaches 16 GiB.
 * 0 is NIL: the first page of segment 0 is never handed out. A block that is
 * bigger than a segment has a segment of its own and starts at its word 0; what
 * lies in it beyond 2^24 words is reached through the view, not through a Ref.
 */
declare const ARENA: unique symbol
export type Ref = number & { readonly [ARENA]: 'word index' }

export const NIL = 0 as Ref

export const SEGMENT_SHIFT = 24
export const WORD_MASK = 0xff_ffff
export const SEGMENT_WORDS = 1 << SEGMENT_SHIFT
export const SEGMENT_BYTES = SEGMENT_WORDS * 4
export const SEGMENTS_MAX = 256

export const PAGE_WORD_SHIFT = 14
export const PAGE_WORDS = 1 << PAGE_WORD_SHIFT
export const PAGE_BYTES = PAGE_WORDS * 4
/** Pages of a segment, as a shift: page number = segment << this | page within the segment. */
export const SEGMENT_PAGE_SHIFT = SEGMENT_SHIFT - PAGE_WORD_SHIFT
export const SEGMENT_PAGES = 1 << SEGMENT_PAGE_SHIFT
