/*
 * The bytes of a listpack, as they stand in RDB files. The expectations are
 * spelled out by hand from the format's description, and were compared with
 * what DUMP of redis-server 7.0.15 answers for a list of the same elements.
 */
import { describe, expect, test } from 'vitest'
import { Slice } from '../base/slice.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  LISTPACK_SIZE_MAX,
  listpackAppend,
  listpackBytes,
  listpackCount,
  listpackCreate,
  listpackEquals,
  listpackFirst,
  listpackGet,
  listpackLast,
  listpackNext,
  listpackOf,
  listpackPrevious,
  listpackRemove,
  listpackReplace,
} from './listpack.ts'
import { listpackIsValid } from './listpack-survey.ts'

const memory = new Memory()
const out = new Slice()

function packOf(...texts: string[]): Ref {
  let pack = listpackCreate(memory)
  for (const text of texts) pack = listpackAppend(memory, pack, Slice.of(text))
  return pack
}

const hexOf = (pack: Ref): string => Buffer.from(listpackBytes(memory, pack, out).bytes()).toString('hex')

/** The one entry of a list of this text, without header and end. */
const entryOf = (text: string): string => hexOf(packOf(text)).slice(12, -2)

describe('a listpack', () => {
  test('is seven bytes when empty', () => {
    expect(hexOf(packOf())).toBe('070000000000ff')
  })

  test.each([
    ['0', '0001'],
    ['127', '7f01'],
    ['128', 'c08002'],
    ['-1', 'dfff02'],
    ['4095', 'cfff02'],
    ['-4096', 'd00002'],
    ['4096', 'f1001003'],
    ['-32768', 'f1008003'],
    ['32768', 'f200800004'],
    ['-8388608', 'f200008004'],
    ['8388608', 'f30000800005'],
    ['-2147483648', 'f30000008005'],
    ['2147483648', 'f4000000800000000009'],
    ['9223372036854775807', 'f4ffffffffffffff7f09'],
    ['-9223372036854775808', 'f4000000000000008009'],
    ['a', '816102'],
    ['007', '8330303704'],
    ['', '8001'],
  ])('encodes %j as Redis does', (text, entry) => {
    expect(entryOf(text)).toBe(entry)
  })

  test('tells the sizes of strings in 6, 12 and 32 bits', () => {
    expect(entryOf('x'.repeat(63))).toMatch(/^bf(78){63}40$/)
    expect(entryOf('x'.repeat(64))).toMatch(/^e040(78){64}42$/)
    expect(entryOf('x'.repeat(4095))).toMatch(/^efff(78){4095}2081$/)
    expect(entryOf('x'.repeat(4096))).toMatch(/^f000100000(78){4096}2085$/)
  })

  test('reads back lengths that old writers made a group too long', () => {
    // 16383 = head of 5 and text of 16378; the back length of it was written as three groups.
    const text = 'y'.repeat(16_378)
    const mine = listpackBytes(memory, packOf('a', text, 'b'), out).bytes()
    const back = 6 + 3 + 16_383
    expect([...mine.subarray(back, back + 2)]).toEqual([0x7f, 0xff])
    const old = new Uint8Array(mine.length + 1)
    old.set(mine.subarray(0, back))
    old.set([0x00, 0xff, 0xff], back)
    old.set(mine.subarray(back + 2), back + 3)
    new DataView(old.buffer).setUint32(0, old.length, true)
    expect(listpackIsValid(new Slice(old))).toBe(true)
    let pack = listpackOf(memory, new Slice(old))
    const middle = listpackNext(memory, pack, listpackFirst(memory, pack))
    const last = listpackNext(memory, pack, middle)
    expect(listpackGet(memory, pack, last, out).text()).toBe('b')
    expect(listpackLast(memory, pack)).toBe(last)
    expect(listpackPrevious(memory, pack, last)).toBe(middle)
    pack = listpackReplace(memory, pack, middle, Slice.of('z'))
    expect(hexOf(pack)).toBe(hexOf(packOf('a', 'z', 'b')))
  })

  test('compares integers by value, so that only their canonical text equals them', () => {
    const pack = packOf('12')
    expect(listpackEquals(memory, pack, 6, Slice.of('12'))).toBe(true)
    expect(listpackEquals(memory, pack, 6, Slice.of('012'))).toBe(false)
    const big = packOf('9007199254740993')
    expect(listpackEquals(memory, big, 6, Slice.of('9007199254740993'))).toBe(true)
    expect(listpackEquals(memory, big, 6, Slice.of('9007199254740992'))).toBe(false)
  })

  test('keeps integers that were read one after the other apart', () => {
    const pack = packOf('1000', '2000')
    const first = listpackGet(memory, pack, 6, new Slice())
    const second = listpackGet(memory, pack, listpackNext(memory, pack, 6), new Slice())
    expect([first.text(), second.text()]).toEqual(['1000', '2000'])
  })

  test('counts by walking once it has 65535 entries, and knows its count again when it has less', () => {
    const entries = 65_540
    const bytes = new Uint8Array(6 + entries * 2 + 1)
    new DataView(bytes.buffer).setUint32(0, bytes.length, true)
    bytes.fill(0xff, 4, 6)
    for (let i = 0; i < entries; i++) bytes.set([5, 1], 6 + 2 * i)
    bytes[bytes.length - 1] = 0xff
    let pack = listpackOf(memory, new Slice(bytes))
    expect(listpackCount(memory, pack)).toBe(entries)
    pack = listpackRemove(memory, pack, 6, 6)
    expect(hexOf(pack).slice(8, 12)).toBe('ffff')
    expect(listpackCount(memory, pack)).toBe(65_534)
    expect(hexOf(pack).slice(8, 12)).toBe('feff')
    pack = listpackAppend(memory, pack, Slice.of('1'))
    expect(hexOf(pack).slice(8, 12)).toBe('ffff')
  })

  test('is refused when it would be longer than Redis lets it be', () => {
    const pack = packOf('a')
    // Its size is only claimed: it is looked at before anything is moved.
    const u32 = memory.u32[pack >>> SEGMENT_SHIFT]
    u32[pack & WORD_MASK] = LISTPACK_SIZE_MAX - 2
    expect(listpackAppend(memory, pack, Slice.of('b'))).toBe(NIL)
    expect(u32[pack & WORD_MASK]).toBe(LISTPACK_SIZE_MAX - 2)
  })

  test('is not accepted when anything about its bytes is wrong', () => {
    const bytes = listpackBytes(memory, packOf('abc', '300'), out).bytes()
    expect(listpackIsValid(new Slice(bytes))).toBe(true)
    const wrong: readonly (readonly [at: number, value: number])[] = [
      [0, bytes[0] + 1], // Size.
      [4, 3], // Count.
      [6, 0x84], // The first string a byte longer.
      [10, 0x05], // Its back length.
      [11, 0xf5], // An encoding that is none.
      [bytes.length - 1, 0], // No end.
    ]
    for (const [at, value] of wrong) {
      const broken = bytes.slice()
      broken[at] = value
      expect(listpackIsValid(new Slice(broken)), `byte ${at}`).toBe(false)
    }
    expect(listpackIsValid(new Slice(bytes.subarray(0, 3)))).toBe(false)
  })
})
