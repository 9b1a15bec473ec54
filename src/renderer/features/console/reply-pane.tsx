import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react'
import { create } from 'zustand'
import { CliText } from '../../../shared/resp/format-cli.ts'
import { exactBytes, exactCount, humaneBytes } from '../../../shared/text/number.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { useVirtualRows } from '../../ui/use-virtual-rows.ts'
import type { Looks, Reply } from './reply.ts'
import { ReplyLine } from './reply-line.tsx'
import css from './transcript.module.css'

interface OpenReply {
  readonly sessionId: string
  readonly reply: Reply
  readonly line: string
}

const useOpen = create<{ readonly open: OpenReply | undefined }>(() => ({ open: undefined }))

export const openReply = (open: OpenReply): void => useOpen.setState({ open })
const close = (): void => useOpen.setState({ open: undefined })

export const useOpenReply = (sessionId: string): OpenReply | undefined => {
  const open = useOpen((state) => state.open)
  return open?.sessionId === sessionId ? open : undefined
}

/** In the pane a line is not broken, so a string may be long before it is in the way. */
const STRING_SIZE_MAX = 64 << 10
const ROW_HEIGHT = 18

/** One reply beside nothing else: every line of it, however many there are. */
export function ReplyPane({ open, looks }: { readonly open: OpenReply; readonly looks: Looks }) {
  const { reply, line } = open
  const { readable } = looks
  const [isWhole, setWhole] = useState(false)
  const text = useMemo(
    () =>
      new CliText(reply.value, {
        isText: reply.isText,
        readable,
        stringSizeMax: isWhole ? undefined : STRING_SIZE_MAX,
      }),
    [reply, readable, isWhole],
  )
  const rows = useVirtualRows({ count: text.lineCount, rowHeight: ROW_HEIGHT })
  const { first, end } = rows.range
  useEffect(() => rows.scrollRef.current?.focus(), [rows.scrollRef])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    close()
  }
  return (
    <section className={css.pane} aria-label="Reply" onKeyDown={onKeyDown}>
      <header className={css.paneHead}>
        <code className={css.paneLine}>{line}</code>
        <span className={css.count} title={exactBytes(reply.raw.length)}>
          {`${exactCount(text.lineCount)} lines · ${humaneBytes(reply.raw.length)}`}
        </span>
        <IconButton label="Close" shortcut="escape" size="small" icon={<X size={14} />} onClick={close} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it. */}
      <div ref={rows.scrollRef} className={css.paneRows} tabIndex={0} role="log" data-selectable="">
        <div style={{ height: rows.height }}>
          <pre className={css.paneLines} style={{ transform: `translateY(${rows.offset}px)` }}>
            {Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i).map((number) => (
              <div key={number} className={css.paneRow}>
                <ReplyLine segments={text.line(number)} onWhole={() => setWhole(true)} />
              </div>
            ))}
          </pre>
        </div>
      </div>
    </section>
  )
}
