/*
 * The forms that no server of today writes: lists, hashes and sorted sets in
 * ziplists, hashes in zipmaps, scores as text. The bytes are put together here from
 * the descriptions of the formats.
 */
import { describe, expect, test } from 'vitest'
import { Slice } from '../../base/slice.ts'
import type { Database } from '../../keyspace/database.ts'
import { Keyspace } from '../../keyspace/keyspace.ts'
import { NIL } from '../../memory/layout.ts'
import { hashFind, hashLength } from '../../types/hash.ts'
import { listForEach } from '../../types/list.ts'
import { setHas, setLength } from '../../types/set.ts'
import { zsetForEach } from '../../types/zset.ts'
import { RdbFileReader } from './file-reader.ts'
import { RdbError } from './input.ts'

const latin1 = (text: string): number[] => [...Buffer.from(text, 'latin1')]
const string = (bytes: readonly number[]): number[] => [0x80, 0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]
const text = (value: string): number[] => string(latin1(value))
const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]

/** Entries given as their encoding and data; the size of the one before is put in front. */
function ziplist(...entries: readonly number[][]): number[] {
  const body: number[] = []
  let before = 0
  for (const entry of entries) {
    const previous = before < 254 ? [before] : [254, ...u32(before)]
    body.push(...previous, ...entry)
    before = previous.length + entry.length
  }
  const size = 10 + body.length + 1
  return [...u32(size), ...u32(10), entries.length, 0, ...body, 255]
}
/** Entries given whole, their sizes behind them. */
const listpack = (...entries: readonly number[][]): number[] => [
  ...u32(7 + entries.flat().length),
  entries.length,
  0,
  ...entries.flat(),
  255,
]
const short = (value: string): number[] => [value.length, ...latin1(value)]
const long = (value: string): number[] => [0x40 | (value.length >> 8), value.length & 255, ...latin1(value)]
const huge = (value: string): number[] => [0x80, 0, 0, value.length >> 8, value.length & 255, ...latin1(value)]

/** Every encoding of an integer. */
const INTEGERS: readonly (readonly [entry: number[], value: string])[] = [
  [[0xf1], '0'],
  [[0xfd], '12'],
  [[0xfe, 0x80], '-128'],
  [[0xc0, 0xff, 0x7f], '32767'],
  [[0xf0, 0x00, 0x00, 0x80], '-8388608'],
  [[0xd0, 0xff, 0xff, 0xff, 0x7f], '2147483647'],
  [[0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80], '-9223372036854775808'],
]

function load(version: number, ...bytes: readonly number[][]): Database {
  const file = Uint8Array.from([...latin1(`REDIS${String(version).padStart(4, '0')}`), ...bytes.flat(), 255])
  const whole = version < 5 ? file : Uint8Array.from([...file, 0, 0, 0, 0, 0, 0, 0, 0])
  const keyspace = new Keyspace({ databases: 1 })
  new RdbFileReader(new Slice(whole), keyspace).step(() => true)
  keyspace.check()
  return keyspace.databases[0]
}

const record = (db: Database, key: string) => {
  const ref = db.peek(Slice.of(key))
  expect(ref).not.toBe(NIL)
  return ref
}

function elements(db: Database, key: string): string[] {
  const found: string[] = []
  listForEach(db, record(db, key), (element) => found.push(element.text()))
  return found
}

function hashOf(db: Database, key: string, fields: readonly string[]): unknown {
  const out = new Slice()
  const hash = record(db, key)
  expect(hashLength(db, hash)).toBe(fields.length)
  return fields.map((field) => (hashFind(db, hash, Slice.of(field), out) ? out.text() : undefined))
}

describe('forms of old', () => {
  test('a list in a ziplist, with every encoding there is', () => {
    const middle = 'm'.repeat(300)
    const big = 'h'.repeat(20_000)
    const list = ziplist(short('a'), long(middle), huge(big), ...INTEGERS.map(([entry]) => entry), short(''))
    const db = load(6, [10], text('k'), string(list))
    expect(elements(db, 'k')).toEqual(['a', middle, big, ...INTEGERS.map(([, value]) => value), ''])
  })

  test('a list of ziplists, and one of strings', () => {
    const db = load(
      8,
      [14],
      text('k'),
      [2],
      string(ziplist(short('a'), short('b'))),
      string(ziplist(short('c'))),
      [1],
      text('l'),
      [2],
      text('x'),
      text('y'),
    )
    expect(elements(db, 'k')).toEqual(['a', 'b', 'c'])
    expect(elements(db, 'l')).toEqual(['x', 'y'])
  })

  test('a hash in a ziplist, in a zipmap, and one by one', () => {
    const zipmap = [2, 1, ...latin1('a'), 2, 3, ...latin1('11'), 0, 0, 0, 1, ...latin1('b'), 0, 0, 255]
    const db = load(
      2,
      [13],
      text('z'),
      string(ziplist(short('a'), short('1'), short('b'), [0xf3])),
      [9],
      text('m'),
      string(zipmap),
      [4],
      text('h'),
      [1],
      text('f'),
      text('v'),
    )
    expect(hashOf(db, 'z', ['a', 'b'])).toEqual(['1', '2'])
    expect(hashOf(db, 'm', ['a', 'b'])).toEqual(['11', ''])
    expect(hashOf(db, 'h', ['f'])).toEqual(['v'])
  })

  test('a zipmap with a length of more than a byte', () => {
    const value = 'v'.repeat(400)
    const zipmap = [1, 1, ...latin1('f'), 254, ...u32(400), 0, ...latin1(value), 255]
    expect(hashOf(load(2, [9], text('m'), string(zipmap)), 'm', ['f'])).toEqual([value])
  })

  test('a sorted set in a ziplist, and one with scores as text', () => {
    const scored = [text('a'), [3, ...latin1('1.5')], text('b'), [254], text('c'), [255]]
    const db = load(
      3,
      [12],
      text('z'),
      string(ziplist(short('m'), short('2.5'), short('n'), [0xfe, 0xff])),
      [3],
      text('t'),
      [3],
      scored.flat(),
    )
    const found: [string, number][] = []
    for (const key of ['z', 't'])
      zsetForEach(db, record(db, key), (member, score) => found.push([member.text(), score]))
    expect(found).toEqual([
      ['n', -1],
      ['m', 2.5],
      ['c', -Infinity],
      ['a', 1.5],
      ['b', Infinity],
    ])
  })

  test('a set of strings, and an expiry in seconds', () => {
    const db = load(
      1,
      [253, ...u32(4_000_000), 2],
      text('gone'),
      [1],
      text('x'),
      [2],
      text('s'),
      [2],
      text('a'),
      text('b'),
    )
    expect(setLength(db, record(db, 's'))).toBe(2)
    expect(setHas(db, record(db, 's'), Slice.of('b'))).toBe(true)
    expect(db.peek(Slice.of('gone'))).toBe(NIL)
  })

  test.each([
    ['a ziplist that is too short', [10], string([1, 2, 3])],
    ['a ziplist of another size', [10], string([...u32(99), ...u32(10), 1, 0, 0, 1, 97, 255])],
    ['an entry that reaches beyond the ziplist', [10], string([...u32(14), ...u32(10), 1, 0, 0, 60, 97, 255])],
    ['a ziplist without entries', [10], string(ziplist())],
    ['a hash with a field that has no value', [13], string(ziplist(short('a')))],
    ['a hash with a field twice', [13], string(ziplist(short('a'), short('1'), short('a'), short('2')))],
    ['a listpack of a hash with a field twice', [16], string(listpack([0x81, 97, 2], [1, 1], [0x81, 97, 2], [2, 1]))],
    [
      'one whose field is there as a number and as a text',
      [16],
      string(listpack([5, 1], [1, 1], [0x81, 53, 2], [2, 1])),
    ],
    ['a zipmap without an end', [9], string([1, 1, 97, 1, 0, 98])],
    ['a zipmap with a field that has no value', [9], string([1, 1, 97, 255])],
    ['a score that is no number', [12], string(ziplist(short('m'), short('x')))],
  ])('%s is refused', (_, form, value) => {
    expect(() => load(6, form, text('k'), value)).toThrow(RdbError)
  })
})
