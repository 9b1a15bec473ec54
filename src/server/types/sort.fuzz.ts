import { expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { type SortOrder, sortElements } from './sort.ts'
import { Texts } from './texts.ts'

/** Texts that begin alike for long, end where others go on, or are equal, some of them with zero bytes. */
function textsOf(r: Random): string[] {
  const starts = ['', 'a', 'the same for all of them:', 'the same for all of them: '.repeat(20)]
  const start = r.pick(starts)
  const letters = r.pick(['ab', 'abcdefghijklmnopqrstuvwxyz', 'ab\0', '\x00\x01\xfe\xff'])
  const longest = r.pick([3, 8, 30])
  return Array.from({ length: r.below(r.pick([3, 20, 600])) }, () => {
    const letter = (): string => letters[r.below(letters.length)]!
    return (r.chance(0.9) ? start : r.pick(starts)) + Array.from({ length: r.below(longest) }, letter).join('')
  })
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

test('texts of which each begins with the one before it are sorted, however long they are', () => {
  const db = new Keyspace().databases[0]!
  const count = 3000
  const longest = Slice.of('a'.repeat(6 * count))
  const elements = new Texts()
  for (let i = count; i > 0; i--) elements.add(new Slice(longest.buf, 0, 6 * i))
  const order: SortOrder = { by: undefined, isDescending: false, isAlphabetic: true, isWhole: true }
  const indices = sortElements(db, elements, order, () => 0)!
  expect(Array.from(indices)).toEqual(Array.from({ length: count }, (_, i) => count - 1 - i))
})

test('elements come in the order of their texts or numbers, and equal ones as they were', () => {
  const r = random()
  const db = new Keyspace().databases[0]!
  for (let round = 0; round < 400; round++) {
    const isAlphabetic = r.chance(0.6)
    const texts = isAlphabetic
      ? textsOf(r)
      : Array.from({ length: r.below(700) }, () => r.pick(['', '0', '-']) + r.below(r.pick([5, 100_000])))
    const order: SortOrder = { by: undefined, isDescending: r.chance(0.5), isAlphabetic, isWhole: r.chance(0.5) }
    const elements = new Texts()
    for (const text of texts) elements.add(Slice.of(text))
    const compared = (text: string): string => (order.isWhole ? text : text.split('\0')[0]!)
    const compare = isAlphabetic
      ? (a: string, b: string) => byBytes(compared(a), compared(b))
      : (a: string, b: string) => Number(a) - Number(b) || byBytes(a, b)
    const sign = order.isDescending ? -1 : 1
    const expected = texts.map((_, i) => i).sort((a, b) => sign * compare(texts[a]!, texts[b]!))
    const indices = sortElements(db, elements, order, (text) => Number(text.text()))
    expect(Array.from(indices!), `seed ${r.seed}, round ${round}`).toEqual(expected)
  }
})
