import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import {
  type Align,
  clampTop,
  type Extent,
  isScaled,
  type RowRange,
  rowsInView,
  scrollFromTop,
  scrollHeight,
  topFromScroll,
  topToShow,
} from './virtual-window.ts'

/** Until the element is measured, and where nothing has a size (jsdom), a screenful is assumed. */
const ASSUMED_VIEWPORT = 600
const OVERSCAN = 8

export interface VirtualRows {
  readonly scrollRef: RefObject<HTMLDivElement | null>
  readonly range: RowRange
  /** Height to give the element that holds the rows. */
  readonly height: number
  /** Where in that element the first row of `range` begins. */
  readonly offset: number
  /** Whole rows in view: what PageDown moves by. */
  readonly page: number
  readonly show: (index: number, align?: Align) => void
  /** So many rows were put before the first, or taken away: what is in sight stays in sight. */
  readonly shift: (rows: number) => void
}

interface Options {
  readonly count: number
  readonly rowHeight: number
  /** Height of a sticky header inside the scroll area. */
  readonly headerHeight?: number
}

/** Joins virtual-window.ts (the arithmetic, and why it is needed) to a scrolling element. */
export function useVirtualRows({ count, rowHeight, headerHeight = 0 }: Options): VirtualRows {
  const scrollRef = useRef<HTMLDivElement>(null)
  const [viewport, setViewport] = useState(ASSUMED_VIEWPORT)
  const [view, setView] = useState({ top: 0, scroll: 0 })
  const extent: Extent = { count, rowHeight, viewport }
  const scaled = isScaled(extent)

  // Handlers outlive renders; they read the latest of everything here.
  const latest = useRef({ extent, top: 0, scroll: 0 })
  useLayoutEffect(() => {
    latest.current.extent = extent
  })

  const publish = useCallback((top: number, scroll: number) => {
    const state = latest.current
    state.top = top
    state.scroll = scroll
    // Unscaled, the rows scroll natively: render only when another row comes into sight.
    const { rowHeight } = state.extent
    const seen = isScaled(state.extent) ? { top, scroll } : { top: Math.floor(top / rowHeight) * rowHeight, scroll: 0 }
    setView((old) => (old.top === seen.top && old.scroll === seen.scroll ? old : seen))
  }, [])

  /** Moves the view to `top` and the scroll bar after it. */
  const place = useCallback(
    (top: number) => {
      const element = scrollRef.current
      if (!element) return
      const { extent } = latest.current
      element.scrollTop = scrollFromTop(extent, top)
      // Read back: the browser rounds, and the scroll event that follows must be known as ours.
      publish(clampTop(extent, top), element.scrollTop)
    },
    [publish],
  )

  useEffect(() => {
    const element = scrollRef.current
    if (!element) return
    const onScroll = (): void => {
      const { extent, scroll } = latest.current
      if (element.scrollTop === scroll) return
      publish(topFromScroll(extent, element.scrollTop), element.scrollTop)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [publish])

  useEffect(() => {
    const element = scrollRef.current
    if (!element || !scaled) return
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return
      event.preventDefault()
      const { extent, top } = latest.current
      const unit = [1, extent.rowHeight, extent.viewport][event.deltaMode] ?? 1
      element.scrollLeft += event.deltaX
      place(top + event.deltaY * unit)
    }
    // Not passive: in a scaled list the browser's own step would skip hundreds of rows.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [scaled, place])

  useLayoutEffect(() => {
    const element = scrollRef.current
    if (!element) return
    const measure = (): void => setViewport(Math.max(0, element.clientHeight - headerHeight) || ASSUMED_VIEWPORT)
    measure()
    if (typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [headerHeight])

  // A growing list keeps its place; a shrinking one is clamped. Unscaled, the browser does both.
  const wasScaled = useRef(scaled)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes are the trigger; `place` reads them from `latest`.
  useLayoutEffect(() => {
    if (scaled || wasScaled.current) place(latest.current.top)
    else latest.current.top = clampTop(latest.current.extent, latest.current.top)
    wasScaled.current = scaled
  }, [scaled, count, rowHeight, viewport, place])

  const range = rowsInView(extent, view.top, OVERSCAN)
  const start = range.first * rowHeight
  return {
    scrollRef,
    range,
    height: scrollHeight(extent),
    offset: scaled ? view.scroll + start - clampTop(extent, view.top) : start,
    page: Math.max(1, Math.floor(viewport / rowHeight) - 1),
    show: useCallback(
      (index, align) => {
        const { extent, top } = latest.current
        const next = topToShow(extent, top, index, align)
        if (next !== top) place(next)
      },
      [place],
    ),
    shift: useCallback(
      (rows) => {
        const { extent, top } = latest.current
        place(top + rows * extent.rowHeight)
      },
      [place],
    ),
  }
}
