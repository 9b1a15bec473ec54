/*
 * Which rows of a very long list are in sight, and where the scroll bar stands.
 *
 * All rows have one height, so a position is arithmetic and ten million rows
 * cost what ten do. That is why this is not a measuring virtualiser.
 *
 * The trap is the browser's own limit: Chromium cannot lay out an element
 * taller than 2^25 px (33.5 M, divided by the zoom), which is 1.29 M rows of
 * 26 px. Past MAX_SCROLL_HEIGHT the scrollbar's range is therefore a scaled
 * picture of the content. Two positions must then be told apart:
 *
 *   top     where the view begins, in content pixels (0 .. contentHeight - viewport)
 *   scroll  where the scroll bar stands, in element pixels (scrollTop)
 *
 * `top` is the truth; `scroll` follows it. A drag of the thumb maps scroll to
 * top in proportion, so both ends are exact. A turn of the wheel must move by
 * the same pixels as in a short list, so the hook adds it to `top` itself.
 */

/** A quarter of Chromium's limit: still right at a zoom of 400 %. */
export const MAX_SCROLL_HEIGHT = 8_000_000

export interface Extent {
  readonly count: number
  readonly rowHeight: number
  /** Height of the part of the scroll area that shows rows. */
  readonly viewport: number
}

export const contentHeight = ({ count, rowHeight }: Extent): number => count * rowHeight
export const scrollHeight = (extent: Extent): number => Math.min(contentHeight(extent), MAX_SCROLL_HEIGHT)
export const isScaled = (extent: Extent): boolean => contentHeight(extent) > MAX_SCROLL_HEIGHT

const topMax = (extent: Extent): number => Math.max(0, contentHeight(extent) - extent.viewport)
const scrollMax = (extent: Extent): number => Math.max(0, scrollHeight(extent) - extent.viewport)

export const clampTop = (extent: Extent, top: number): number => Math.max(0, Math.min(top, topMax(extent)))

export function topFromScroll(extent: Extent, scroll: number): number {
  if (!isScaled(extent)) return clampTop(extent, scroll)
  return clampTop(extent, (scroll / scrollMax(extent)) * topMax(extent))
}

export function scrollFromTop(extent: Extent, top: number): number {
  const clamped = clampTop(extent, top)
  if (!isScaled(extent)) return clamped
  return (clamped / topMax(extent)) * scrollMax(extent)
}

export interface RowRange {
  readonly first: number
  /** Exclusive. */
  readonly end: number
}

export function rowsInView(extent: Extent, top: number, overscan: number): RowRange {
  const { count, rowHeight, viewport } = extent
  const at = clampTop(extent, top)
  return {
    first: Math.max(0, Math.floor(at / rowHeight) - overscan),
    end: Math.min(count, Math.ceil((at + viewport) / rowHeight) + overscan),
  }
}

export type Align = 'nearest' | 'start' | 'center'

/** The `top` that shows row `index`; `nearest` moves no more than it must. */
export function topToShow(extent: Extent, top: number, index: number, align: Align = 'nearest'): number {
  const { rowHeight, viewport } = extent
  const start = index * rowHeight
  if (align === 'start') return clampTop(extent, start)
  if (align === 'center') return clampTop(extent, start - (viewport - rowHeight) / 2)
  if (start < top) return clampTop(extent, start)
  if (start + rowHeight > top + viewport) return clampTop(extent, start + rowHeight - viewport)
  return clampTop(extent, top)
}

/** Where a movement key takes the active row, or null when the key moves nothing. */
export function movedIndex(key: string, active: number, count: number, page: number): number | null {
  if (count === 0) return null
  const last = count - 1
  const clamp = (index: number): number => Math.max(0, Math.min(index, last))
  switch (key) {
    case 'ArrowDown':
      return clamp(active + 1)
    case 'ArrowUp':
      return active < 0 ? last : clamp(active - 1)
    case 'PageDown':
      return clamp(Math.max(active, 0) + page)
    case 'PageUp':
      return clamp(Math.max(active, 0) - page)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
