/*
 * The nodes of a quicklist (quicklist.ts), and how much goes into one.
 *
 * A NODE is a listpack, or PLAIN: one element too long to share a node.
 *
 *  byte  0                4
 *        +----------------+------- - - -
 *        | size + 2^31    | bytes            a plain node, little endian
 *        | u32            | size
 *        +----------------+------- - - -
 *
 * A listpack begins with its size, which never reaches 2^31: so the top bit of
 * the first word tells the two apart.
 *
 * The limit of nodes is `fill`, as list-max-listpack-size has it: above zero it
 * counts elements, and bytes are limited to 8 KiB all the same; -1 to -5 mean 4,
 * 8, 16, 32 and 64 KiB and any number of elements.
 */
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { copyBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { listpackBytes, listpackSize } from './listpack.ts'

const PLAIN = 0x8000_0000
const SIZE_MASK = 0x7fff_ffff
const HEADER_BYTES = 4

const SIZE_LIMITS = [4096, 8192, 16384, 32768, 65536]
/** What a node may have in bytes where its elements are counted. */
const COUNTED_BYTES_MAX = 8192
/** What an element is taken to cost beyond its own bytes when a node is asked for room. */
const ELEMENT_OVERHEAD = 8
/** What two listpacks have twice and one of both has once. */
const LISTPACK_OVERHEAD = 7

/** Quicklists remember their limit in 16 bits. */
const FILL_MAX = 0x7fff
const FILL_MIN = -SIZE_LIMITS.length

/** The limit that a quicklist remembers of what the option says. */
export function fillOf(option: number): number {
  return Math.min(Math.max(option, FILL_MIN), FILL_MAX)
}

/** The bytes and elements that a limit stands for. */
export function bytesMax(fill: number): number {
  return fill < 0 ? SIZE_LIMITS[-Math.max(fill, FILL_MIN) - 1] : Number.POSITIVE_INFINITY
}

export function countMax(fill: number): number {
  return fill < 0 ? Number.POSITIVE_INFINITY : Math.max(fill, 1)
}

/** Whether a listpack of so many bytes and elements is more than a node should have. */
export function exceedsNode(fill: number, bytes: number, count: number): boolean {
  return fill < 0 ? bytes > bytesMax(fill) : bytes > COUNTED_BYTES_MAX || count > countMax(fill)
}

/** Whether an element of so many bytes gets a node of its own. */
export function isLarge(fill: number, size: number): boolean {
  return size > (fill < 0 ? bytesMax(fill) : COUNTED_BYTES_MAX)
}

export function isPlain(memory: Memory, node: Ref): boolean {
  return memory.u32[node >>> SEGMENT_SHIFT][node & WORD_MASK] >= PLAIN
}

/** Whether a node of `count` elements takes one more of `size` bytes. */
export function allowsInsert(memory: Memory, node: Ref, count: number, fill: number, size: number): boolean {
  if (isPlain(memory, node)) return false
  // Of an element that is large, this is too much.
  return !exceedsNode(fill, listpackSize(memory, node) + size + ELEMENT_OVERHEAD, count + 1)
}

/** Whether two nodes may become one, of `count` elements together. */
export function allowsJoin(memory: Memory, left: Ref, right: Ref, fill: number, count: number): boolean {
  if (isPlain(memory, left) || isPlain(memory, right)) return false
  return !exceedsNode(fill, listpackSize(memory, left) + listpackSize(memory, right) - LISTPACK_OVERHEAD, count)
}

/** A plain node; NIL when memory is exhausted. */
export function plainCreate(memory: Memory, text: Slice): Ref {
  const node = memory.alloc(HEADER_BYTES + text.size)
  if (node === NIL) return NIL
  const segment = node >>> SEGMENT_SHIFT
  const word = node & WORD_MASK
  memory.u32[segment][word] = PLAIN + text.size
  copyBytes(memory.u8[segment], (word << 2) + HEADER_BYTES, text.buf, text.at, text.size)
  return node
}

/** Aims `out` at the element of a plain node. */
export function plainAim(memory: Memory, node: Ref, out: Slice): Slice {
  const segment = node >>> SEGMENT_SHIFT
  const word = node & WORD_MASK
  return out.aim(memory.u8[segment], (word << 2) + HEADER_BYTES, memory.u32[segment][word] & SIZE_MASK)
}

/** Aims `out` at the bytes of a listpack, or at the one element of a plain node. */
export function nodeBytes(memory: Memory, node: Ref, out: Slice): Slice {
  return isPlain(memory, node) ? plainAim(memory, node, out) : listpackBytes(memory, node, out)
}

/** Another node with the same bytes; NIL when memory is exhausted. */
export function nodeCopy(memory: Memory, node: Ref): Ref {
  const size = isPlain(memory, node)
    ? HEADER_BYTES + (memory.u32[node >>> SEGMENT_SHIFT][node & WORD_MASK] & SIZE_MASK)
    : listpackSize(memory, node)
  const copy = memory.alloc(size)
  if (copy === NIL) return NIL
  const from = memory.u8[node >>> SEGMENT_SHIFT]
  copyBytes(memory.u8[copy >>> SEGMENT_SHIFT], (copy & WORD_MASK) << 2, from, (node & WORD_MASK) << 2, size)
  return copy
}
