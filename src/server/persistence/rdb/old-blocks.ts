/*
 * The blocks in which servers before Redis 7.0 kept small collections, read only.
 * All numbers are little endian unless it says otherwise.
 *
 * ZIPLIST (Redis 2.6 to 6.2):
 *
 *  byte  0         4        8       10                       size-1
 *        +---------+--------+-------+---------+-- - - --+------+
 *        | size    | tail   | count | entry   |         | 0xff |
 *        | u32     | u32    | u16   |         |         |      |
 *        +---------+--------+-------+---------+-- - - --+------+
 *
 *   An entry: the size of the one before (a byte, or 0xfe and a u32), then
 *   00xxxxxx               string of up to 63 bytes
 *   01xxxxxx +1            of up to 16383, high bits first
 *   10000000 +4            of any size, big endian
 *   0xc0 +2, 0xd0 +4, 0xe0 +8, 0xf0 +3, 0xfe +1   signed integer
 *   0xf1 to 0xfd           0 to 12
 *
 * ZIPMAP (before 2.6), for hashes: a count that nobody needs, then field and value in
 * turn, each its size (a byte, or 0xfe and a u32) and its bytes; between the size of
 * a value and its bytes a byte says how many unused ones follow them. 0xff ends it.
 */
import { Slice } from '../../base/slice.ts'
import type { RdbInput } from './input.ts'

const ZIPLIST_HEADER = 10
const END = 0xff
const LONG = 0xfe

/** The entries of a ziplist, as texts. Throws the input's error when it is none. */
export function readZiplist(input: RdbInput, block: Slice): Slice[] {
  const { buf, at, size } = block
  const view = new DataView(buf.buffer, buf.byteOffset + at, size)
  if (size < ZIPLIST_HEADER + 1 || view.getUint32(0, true) !== size || view.getUint8(size - 1) !== END) {
    return input.fail('a ziplist has no head or no end')
  }
  const entries: Slice[] = []
  let position = ZIPLIST_HEADER
  while (position < size - 1) {
    position += view.getUint8(position) === LONG ? 5 : 1
    const entry = position < size - 1 ? ziplistEntry(view, position) : undefined
    if (entry === undefined || position + entry.head + entry.size > size - 1) {
      return input.fail('an entry of a ziplist is broken')
    }
    position += entry.head
    entries.push(entry.text ?? new Slice(buf, at + position, entry.size))
    position += entry.size
  }
  return entries
}

interface ZiplistEntry {
  /** Bytes before the string. */
  readonly head: number
  /** Bytes of the string; 0 for an integer, which is all head. */
  readonly size: number
  readonly text?: Slice
}

/** Undefined where the head does not fit or means nothing. */
function ziplistEntry(view: DataView, at: number): ZiplistEntry | undefined {
  const first = view.getUint8(at)
  const left = view.byteLength - at - 1
  if (first < 0x40) return { head: 1, size: first }
  if (first < 0x80) return left < 1 ? undefined : { head: 2, size: ((first & 0x3f) << 8) | view.getUint8(at + 1) }
  if (first === 0x80) return left < 4 ? undefined : { head: 5, size: view.getUint32(at + 1) }
  if (first > 0xf0 && first < 0xfe) return { head: 1, size: 0, text: Slice.of(String(first - 0xf1)) }
  const bytes = INTEGER_BYTES[first]
  if (bytes === undefined || left < bytes) return undefined
  return { head: 1 + bytes, size: 0, text: Slice.of(integerAt(view, at + 1, bytes)) }
}

const INTEGER_BYTES: Readonly<Record<number, number>> = { 192: 2, 208: 4, 224: 8, 240: 3, 254: 1 }

function integerAt(view: DataView, at: number, bytes: number): string {
  if (bytes === 8) return view.getBigInt64(at, true).toString()
  let value = 0
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + view.getUint8(at + i)
  const limit = 2 ** (bytes * 8 - 1)
  return String(value < limit ? value : value - 2 * limit)
}

/** Fields and values in turn. Throws the input's error when it is no zipmap. */
export function readZipmap(input: RdbInput, block: Slice): Slice[] {
  const { buf, at, size } = block
  const entries: Slice[] = []
  let position = 1
  while (position < size && buf[at + position] !== END) {
    const isValue = entries.length % 2 === 1
    let length = buf[at + position++]
    if (length === LONG && position + 4 <= size) {
      length = new DataView(buf.buffer, buf.byteOffset + at).getUint32(position, true)
      position += 4
    }
    const unused = isValue && position < size ? buf[at + position++] : 0
    if (position + length + unused >= size) return input.fail('an entry of a zipmap is broken')
    entries.push(new Slice(buf, at + position, length))
    position += length + unused
  }
  return position === size - 1 && entries.length % 2 === 0 ? entries : input.fail('a zipmap has no end')
}
