import { describe, expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { decodeFrame, encodeFrame, FRAME_SIZE_MAX } from './codec.ts'

const roundTrip = (value: unknown): unknown => {
  const decoded = decodeFrame(encodeFrame(value))
  if (!decoded.ok) throw new Error(decoded.why)
  return decoded.value
}

/** A frame with this header and these bytes after it, whatever they are. */
function frameOf(header: string, bytes: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header)
  const frame = new Uint8Array(4 + text.length + bytes.length)
  new DataView(frame.buffer).setUint32(0, text.length, true)
  frame.set(text, 4)
  frame.set(bytes, 4 + text.length)
  return frame
}

describe('a frame', () => {
  test('carries what JSON cannot', () => {
    const value = {
      bytes: Uint8Array.of(0, 255, 13, 10),
      none: new Uint8Array(0),
      big: -(2n ** 80n),
      numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 0.1],
      latin1: '\x00\x7f\x80\xff',
      loneSurrogate: 'a\ud800b',
      nested: [[{ deep: [Uint8Array.of(1), Uint8Array.of(2)] }], null, true],
    }
    expect(roundTrip(value)).toEqual(value)
  })

  test('keeps the sign of zero', () => {
    expect(Object.is(roundTrip(-0), -0)).toBe(true)
    expect(Object.is(roundTrip(0), 0)).toBe(true)
  })

  test('does not mistake data for its own marks', () => {
    const value = { $bytes: [0, 4], $: 1, $$bytes: 2, inner: { $bigint: '12' }, other: { $number: 'NaN' } }
    expect(roundTrip(value)).toEqual(value)
  })

  test('leaves out what is undefined', () => {
    expect(roundTrip({ a: undefined, b: [undefined, 1] })).toEqual({ b: [null, 1] })
  })

  test('gives views of the frame, not copies', () => {
    const frame = encodeFrame({ bytes: Uint8Array.of(1, 2, 3) })
    const decoded = decodeFrame(frame)
    const { bytes } = (decoded as { value: { bytes: Uint8Array } }).value
    expect(bytes.buffer).toBe(frame.buffer)
  })

  test('is refused by its sender when it holds what no frame carries', () => {
    expect(() => encodeFrame({ f: () => 1 })).toThrow('cannot carry a function')
    expect(() => encodeFrame(JSON.parse('{"__proto__": 1}'))).toThrow('__proto__')
    expect(() => encodeFrame(new Uint8Array(FRAME_SIZE_MAX))).toThrow('over the limit')
    let deep: unknown = 1
    for (let i = 0; i < 1_000; i++) deep = [deep]
    expect(() => encodeFrame(deep)).toThrow('deeper')
  })

  test.each([
    ['nothing', new Uint8Array(0), 'shorter than its prefix'],
    ['a header that is not there', Uint8Array.of(255, 255, 255, 255, 1), 'shorter than its header'],
    ['no JSON', frameOf('{'), 'JSON'],
    ['no UTF-8', Uint8Array.of(2, 0, 0, 0, 0xc3, 0x28), 'valid'],
    ['bytes beyond its end', frameOf('{"$bytes":[2,2]}', [1, 2, 3]), 'outside'],
    ['bytes before its start', frameOf('{"$bytes":[-1,2]}', [1, 2, 3]), 'outside'],
    ['bytes at no place', frameOf('{"$bytes":["0",1]}', [1]), 'outside'],
    ['an unknown mark', frameOf('{"$date":1}'), 'malformed'],
    ['a mark among data', frameOf('{"$bytes":[0,0],"x":1}'), 'among other keys'],
    ['a number that is one already', frameOf('{"$number":"12"}'), 'malformed'],
    ['no integer', frameOf('{"$bigint":"1e9"}'), 'malformed'],
    ['a prototype', frameOf('{"__proto__":{"x":1}}'), '__proto__'],
    ['too many levels', frameOf('['.repeat(5_000) + ']'.repeat(5_000)), 'deeper'],
  ])('with %s is refused', (_what, frame, why) => {
    const decoded = decodeFrame(frame)
    expect(decoded.ok).toBe(false)
    expect((decoded as { why: string }).why).toContain(why)
  })
})

test('garbage is refused or decoded, and never throws', () => {
  const r = random()
  const good = encodeFrame({ t: 'call', id: 1, method: 'x', request: { b: Uint8Array.of(1, 2), n: 3n, $x: [1, 'é'] } })
  for (let step = 0; step < 20_000; step++) {
    const frame = r.chance(0.5) ? r.bytes(60) : good.slice(0, r.chance(0.2) ? r.below(good.length) : undefined)
    for (let edits = r.below(4); edits > 0 && frame.length > 0; edits--) frame[r.below(frame.length)] = r.below(256)
    expect(() => decodeFrame(frame), `seed ${r.seed}, step ${step}`).not.toThrow()
  }
})

test('random data crosses unchanged', () => {
  const r = random()
  const make = (depth: number): unknown => {
    switch (r.below(depth > 4 ? 6 : 8)) {
      case 0:
        return null
      case 1:
        return r.chance(0.5)
      case 2:
        return r.u32() / (r.below(9) - 4)
      case 3:
        return String.fromCharCode(...r.bytes(12).map((byte) => byte))
      case 4:
        return r.bytes(40)
      case 5:
        return BigInt(r.u32()) * BigInt(r.u32()) - 5n
      case 6:
        return Array.from({ length: r.below(5) }, () => make(depth + 1))
      default:
        return Object.fromEntries(
          Array.from({ length: r.below(5) }, () => [r.pick(['$', '$a', 'b', '$$', '']) + r.below(9), make(depth + 1)]),
        )
    }
  }
  for (let step = 0; step < 2_000; step++) {
    const value = make(0)
    expect(roundTrip(value), `seed ${r.seed}, step ${step}`).toEqual(value)
  }
})
