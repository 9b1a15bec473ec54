import { describe, expect, test } from 'vitest'
import { parsePoint } from './points.ts'

const NOW = new Date(2026, 10, 29, 12, 0, 0).getTime()
const MAX = '18446744073709551615'
const point = (text: string) => parsePoint(text, NOW)
const local = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number =>
  new Date(year, month, day, hour, minute, second).getTime()

describe('a point of a stream', () => {
  test('is an ID, whole or as a millisecond', () => {
    expect(point('5-3')).toEqual({ ok: true, first: '5-3', last: '5-3', isTime: false })
    expect(point(' 1700000000000 ')).toEqual({
      ok: true,
      first: '1700000000000-0',
      last: `1700000000000-${MAX}`,
      isTime: false,
    })
  })

  test('is a local time, which ends with its minute, second or day', () => {
    const minute = local(2026, 10, 29, 14, 5)
    expect(point('14:05')).toEqual({ ok: true, first: `${minute}-0`, last: `${minute + 59_999}-${MAX}`, isTime: true })
    const second = local(2026, 0, 2, 3, 4, 5)
    expect(point('2026-01-02 03:04:05')).toMatchObject({ first: `${second}-0`, last: `${second + 999}-${MAX}` })
    expect(point('2026-01-02T03:04:05.6')).toMatchObject({ first: `${second + 600}-0`, last: `${second + 600}-${MAX}` })
    expect(point('2026-01-02')).toMatchObject({
      first: `${local(2026, 0, 2)}-0`,
      last: `${local(2026, 0, 3) - 1}-${MAX}`,
    })
  })

  test('is how long ago it was', () => {
    for (const text of ['2h', '-2h', '2h ago', '120m']) {
      expect(point(text)).toMatchObject({ first: `${NOW - 7_200_000}-0`, isTime: true })
    }
    expect(point('now')).toMatchObject({ first: `${NOW}-0` })
  })

  test('is refused with what could be typed instead', () => {
    for (const text of ['yesterday', '25:00', '2026-02-30', '2026-13-01', '5-', `${MAX}0`, '12:60', '1-2-3']) {
      expect(point(text)).toMatchObject({ ok: false, why: expect.stringContaining('how long ago') })
    }
  })
})
