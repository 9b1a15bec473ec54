import { expect, test } from 'vitest'
import { Slice } from './slice.ts'

test('a copy keeps its bytes when the buffer it came from is read into again', () => {
  for (const buf of [Buffer.from('key one'), Uint8Array.from(Buffer.from('key one'))]) {
    const copy = new Slice(buf, 4, 3).copy()
    buf.fill(0)
    expect(copy.text()).toBe('one')
  }
})

test('is() ignores the case of the bytes, not other differences', () => {
  expect(Slice.of('KeepTTL').is('keepttl')).toBe(true)
  expect(Slice.of('KeepTT').is('keepttl')).toBe(false)
  expect(Slice.of('[eepttl').is('{eepttl')).toBe(false)
})

test('text() is one character a byte, short or long', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  expect(new Slice(bytes, 250, 6).text()).toBe('\xfa\xfb\xfc\xfd\xfe\xff')
  expect(new Slice(bytes).text()).toHaveLength(256)
  expect(new Slice(bytes).text().charCodeAt(200)).toBe(200)
})
