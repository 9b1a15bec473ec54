import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef } from 'react'
import { BlockView } from './block-view.tsx'
import { toBlocks } from './blocks.ts'
import type { ConsoleView } from './console-store.ts'
import css from './transcript.module.css'

export interface TranscriptHandle {
  readonly toEnd: () => void
}

interface TranscriptProps {
  readonly ref?: Ref<TranscriptHandle>
  readonly view: ConsoleView
}

/** How near the end counts as being there: then what comes is followed. */
const END_SLACK = 40

/** All that was typed and answered. Any number of lines; only those in sight are drawn. */
export function Transcript({ ref, view }: TranscriptProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const blocks = useMemo(() => toBlocks(view.entries, view.dropped), [view.entries, view.dropped])
  const rows = useVirtualizer({
    count: blocks.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => blocks[index]?.height ?? 18,
    getItemKey: (index) => blocks[index]?.key ?? index,
    overscan: 4,
  })
  const height = rows.getTotalSize()

  useImperativeHandle(ref, () => ({
    toEnd: () => {
      isAtEnd.current = true
      if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
    },
  }))

  // Blocks are measured after they are drawn, and the end moves with them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is the trigger.
  useLayoutEffect(() => {
    if (isAtEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [height, blocks])

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const onScroll = (): void => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_SLACK
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    // The pane shrinks when the input grows: the end stays in sight.
    const observer =
      typeof ResizeObserver === 'undefined'
        ? undefined
        : new ResizeObserver(() => {
            if (isAtEnd.current) element.scrollTop = element.scrollHeight
          })
    observer?.observe(element)
    return () => {
      element.removeEventListener('scroll', onScroll)
      observer?.disconnect()
    }
  }, [])

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
    <div ref={scroller} className={css.scroll} role="log" aria-label="Transcript" tabIndex={0} data-selectable="">
      <div className={css.blocks} style={{ height }}>
        {rows.getVirtualItems().map((item) => {
          const block = blocks[item.index]
          if (!block) return null
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              className={css.block}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <BlockView block={block} view={view} />
            </div>
          )
        })}
      </div>
    </div>
  )
}
