import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { KeyName } from '../../../shared/contract/types.ts'
import css from './browser.module.css'
import { showName, showNameShort } from './names.ts'
import type { KeyTab } from './view-state.ts'

export interface KeyTabsProps {
  readonly tabs: readonly KeyTab[]
  readonly shown: KeyName | undefined
  readonly isEdited: (key: KeyName) => boolean
  readonly onShow: (key: KeyName) => void
  readonly onPin: (key: KeyName) => void
  readonly onClose: (key: KeyName) => void
}

/** Open keys. A preview is in italics; a dot marks edits not yet applied. */
export function KeyTabs({ tabs, shown, isEdited, onShow, onPin, onClose }: KeyTabsProps) {
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is shown: its tab may be out of sight.
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected=true]')
      ?.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [shown])
  const step = (by: number): void => {
    const at = tabs.findIndex(({ key }) => key === shown)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (!next) return
    onShow(next.key)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[tabs.indexOf(next)]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent, key: KeyName): void => {
    if (event.key === 'ArrowLeft') step(-1)
    else if (event.key === 'ArrowRight') step(1)
    else if (event.key === 'Delete' || event.key === 'Backspace') onClose(key)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div ref={list} className={css.tabs} role="tablist" aria-label="Open keys">
      {tabs.map(({ key, isPreview }) => (
        <div key={key} className={clsx(css.tab, key === shown && css.tabShown)}>
          <button
            type="button"
            role="tab"
            aria-selected={key === shown}
            tabIndex={key === shown ? 0 : -1}
            className={clsx(css.tabName, isPreview && css.tabPreview)}
            title={showName(key)}
            onClick={() => onShow(key)}
            onDoubleClick={() => onPin(key)}
            onAuxClick={(event) => event.button === 1 && onClose(key)}
            onKeyDown={(event) => onKeyDown(event, key)}
          >
            {showNameShort(key)}
          </button>
          {isEdited(key) && <span className={css.dot} role="img" aria-label="edited, not applied" />}
          <button
            type="button"
            tabIndex={-1}
            className={css.tabClose}
            aria-label={`Close ${showNameShort(key)}`}
            onClick={() => onClose(key)}
          >
            <X size={12} />
          </button>
        </div>
      ))}
    </div>
  )
}
