/*
 * A listpack that came from outside (an RDB file, RESTORE), looked through before it
 * is taken as it lies: whether it is one in every respect, and what a type has to know
 * of it. It is still where it came from. Walking one in the arena is listpack.ts.
 */
import { INTEGER_SIZE_MAX } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import { checkedNext, END, entryText, isText, nextEntry, shortTextSize, textSizeAt, u32At } from './listpack-entry.ts'

// The header, in bytes: listpack.ts draws it.
const COUNT = 4
const HEADER_SIZE = 6
const COUNT_UNKNOWN = 0xffff

/** What listpackSurvey finds. */
export class ListpackSurvey {
  /** Entries. */
  count = 0
  /** No text has more bytes. An integer counts as one of INTEGER_SIZE_MAX digits. */
  longest = 0
}

/** Whether these bytes are a listpack in every respect; if so, `survey` is filled. */
export function listpackSurvey(bytes: Slice, survey: ListpackSurvey): boolean {
  const { buf, at: start, size } = bytes
  if (size < HEADER_SIZE + 1 || u32At(buf, start) !== size) return false
  const end = start + size - 1
  let count = 0
  let longest = 0
  for (let at = start + HEADER_SIZE; at < end; count++) {
    const next = checkedNext(buf, at, end)
    if (next === 0) return false
    if (!isText(buf[at])) longest = Math.max(longest, INTEGER_SIZE_MAX)
    // An entry is longer than its text.
    else if (next - at > longest) longest = Math.max(longest, textSizeAt(buf, at))
    at = next
  }
  const stored = buf[start + COUNT] | (buf[start + COUNT + 1] << 8)
  survey.count = count
  survey.longest = longest
  return buf[end] === END && (stored === COUNT_UNKNOWN || stored === count)
}

/** Whether these bytes are a listpack in every respect. */
export function listpackIsValid(bytes: Slice): boolean {
  return listpackSurvey(bytes, ownSurvey)
}

const ownSurvey = new ListpackSurvey()

// Names

/** So many names are compared by their marks; more, or many with the same mark, are put in a set of texts. */
const NAMES_MAX = 512
const NUMBER_BITS = 9
const NUMBER_MASK = NAMES_MAX - 1
const SLOTS = 1024
/** From a hash of 32 bits to a slot. */
const SLOT_SHIFT = 22
const ROUNDS = 1 << (32 - NUMBER_BITS)

/** By slot: the round that wrote it, above, and the number of a name. What an earlier round wrote is nothing. */
const slots = new Uint32Array(SLOTS)
let round = 0
const marks = new Int32Array(NAMES_MAX)
const places = new Uint32Array(NAMES_MAX)
const name = new Slice()
const otherName = new Slice()

/**
 * Whether the names of a valid listpack are different texts: its first entry is one, and every `width`th after it.
 * `count` is its number of entries.
 */
export function listpackNamesDiffer(bytes: Slice, width: number, count: number): boolean {
  if (count / width > NAMES_MAX) return differInSet(bytes, width)
  if (++round === ROUNDS) {
    slots.fill(0)
    round = 1
  }
  const { buf, at: start, size } = bytes
  const end = start + size - 1
  let names = 0
  let compared = 0
  for (let at = start + HEADER_SIZE; at < end; at = skip(buf, at, width, end), names++) {
    const short = shortTextSize(buf, at)
    const mark = short < 0 ? markOfText(entryText(buf, at, name)) : markOf(buf, at + 1, short)
    let slot = Math.imul(mark, 0x9e3779b1) >>> SLOT_SHIFT
    for (; slots[slot] >>> NUMBER_BITS === round; slot = (slot + 1) & (SLOTS - 1)) {
      const other = slots[slot] & NUMBER_MASK
      if (marks[other] !== mark) continue
      // Marks that are alike by chance are rare; those of a hostile payload are not compared one by one.
      if (++compared > NAMES_MAX) return differInSet(bytes, width)
      if (entryText(buf, places[other], otherName).equals(entryText(buf, at, name))) return false
    }
    slots[slot] = (round << NUMBER_BITS) | names
    marks[names] = mark
    places[names] = at
  }
  return true
}

/** The bytes of a text that tell it from most others: its size and four from either end and from its middle. */
function markOf(buf: Uint8Array, at: number, size: number): number {
  if (size < 4) {
    let mark = size
    for (let i = 0; i < size; i++) mark = (mark << 8) | buf[at + i]
    return mark
  }
  const mark = Math.imul(i32At(buf, at) ^ size, 0x85ebca6b) ^ i32At(buf, at + size - 4)
  // The ends of a shorter one are all of it.
  if (size <= 8) return mark
  return Math.imul(mark ^ (mark >>> 15), 0xc2b2ae35) ^ i32At(buf, at + ((size - 4) >>> 1))
}

const markOfText = ({ buf, at, size }: Slice): number => markOf(buf, at, size)

const i32At = (buf: Uint8Array, at: number): number =>
  buf[at] | (buf[at + 1] << 8) | (buf[at + 2] << 16) | (buf[at + 3] << 24)

function skip(buf: Uint8Array, at: number, entries: number, end: number): number {
  let next = at
  for (let left = entries; left > 0 && next < end; left--) next = nextEntry(buf, next)
  return next
}

function differInSet({ buf, at: start, size }: Slice, width: number): boolean {
  const seen = new Set<string>()
  const end = start + size - 1
  let names = 0
  for (let at = start + HEADER_SIZE; at < end; at = skip(buf, at, width, end), names++) {
    seen.add(entryText(buf, at, name).text())
  }
  return seen.size === names
}

/** The entries of a valid listpack as texts, each a copy. */
export function listpackTextsOf(bytes: Slice): Slice[] {
  const { buf, at: start, size } = bytes
  const end = start + size - 1
  const texts: Slice[] = []
  for (let at = start + HEADER_SIZE; at < end; at = nextEntry(buf, at)) texts.push(entryText(buf, at, name).copy())
  return texts
}
