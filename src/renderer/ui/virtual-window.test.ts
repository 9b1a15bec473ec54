import { describe, expect, test } from 'vitest'
import {
  clampTop,
  type Extent,
  isScaled,
  MAX_SCROLL_HEIGHT,
  movedIndex,
  rowsInView,
  scrollFromTop,
  scrollHeight,
  topFromScroll,
  topToShow,
} from './virtual-window.ts'

const short: Extent = { count: 1_000, rowHeight: 26, viewport: 600 }
const long: Extent = { count: 10_000_000, rowHeight: 26, viewport: 600 }

describe('a list that fits the browser', () => {
  test('scrolls pixel for pixel', () => {
    expect(isScaled(short)).toBe(false)
    expect(topFromScroll(short, 1_234)).toBe(1_234)
    expect(scrollFromTop(short, 1_234)).toBe(1_234)
  })
})

describe('a list of ten million rows', () => {
  test('never asks the browser for a taller element than it can lay out', () => {
    expect(isScaled(long)).toBe(true)
    expect(scrollHeight(long)).toBe(MAX_SCROLL_HEIGHT)
  })

  test('shows its first row with the scroll bar at the top', () => {
    expect(rowsInView(long, topFromScroll(long, 0), 0).first).toBe(0)
  })

  test('shows its last row, whole, with the scroll bar at the bottom', () => {
    const top = topFromScroll(long, MAX_SCROLL_HEIGHT - long.viewport)
    expect(rowsInView(long, top, 0).end).toBe(long.count)
    expect(top + long.viewport).toBe(long.count * long.rowHeight)
  })

  test('maps positions to the scroll bar and back within a thousandth of a row', () => {
    for (const index of [0, 1, 4_999_999, 9_999_000]) {
      const top = topToShow(long, 0, index, 'start')
      expect(topFromScroll(long, scrollFromTop(long, top))).toBeCloseTo(top, 1)
    }
  })

  test('reaches every row, one after the other, also where the scroll bar cannot tell them apart', () => {
    let top = topToShow(long, 0, 5_000_000, 'start')
    for (let index = 5_000_000; index < 5_000_100; index++) {
      top = topToShow(long, top, index)
      const { first, end } = rowsInView(long, top, 0)
      expect(first).toBeLessThanOrEqual(index)
      expect(end).toBeGreaterThan(index)
    }
  })
})

test('a list shorter than the view stays at the top', () => {
  const tiny: Extent = { count: 3, rowHeight: 26, viewport: 600 }
  expect(clampTop(tiny, 500)).toBe(0)
  expect(rowsInView(tiny, 0, 8)).toEqual({ first: 0, end: 3 })
})

test('showing a row that is in view does not move the view', () => {
  expect(topToShow(short, 260, 15)).toBe(260)
  expect(topToShow(short, 260, 9)).toBe(234)
  expect(topToShow(short, 0, 30)).toBe(31 * 26 - 600)
})

test('movement keys stop at both ends', () => {
  expect(movedIndex('ArrowDown', 9, 10, 5)).toBe(9)
  expect(movedIndex('ArrowUp', 0, 10, 5)).toBe(0)
  expect(movedIndex('PageDown', 7, 10, 5)).toBe(9)
  expect(movedIndex('ArrowDown', -1, 10, 5)).toBe(0)
  expect(movedIndex('End', 0, 10, 5)).toBe(9)
  expect(movedIndex('x', 0, 10, 5)).toBe(null)
  expect(movedIndex('ArrowDown', -1, 0, 5)).toBe(null)
})
