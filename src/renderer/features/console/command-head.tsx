import { Copy, Maximize2 } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { humaneElapsed } from '../../../shared/text/number.ts'
import { copyText } from '../../lib/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { Segments } from '../../ui/tabs.tsx'
import { toast } from '../../ui/toast.tsx'
import { type CommandEntry, showAs } from './console-store.ts'
import { copyForms } from './copy-forms.ts'
import { HighlightedLine } from './highlighted-line.tsx'
import { promptOf } from './prompt.ts'
import type { Reply, ReplyView } from './reply.ts'
import { openReply } from './reply-pane.tsx'
import { wordsOf } from './run.ts'
import { tabular } from './tabular.ts'
import css from './transcript.module.css'

interface CommandHeadProps {
  readonly entry: CommandEntry
  readonly sessionId: string
  readonly address: string
}

/** The line that was run, what it took, and the ways to look at its reply. */
export function CommandHead({ entry, sessionId, address }: CommandHeadProps) {
  const reply = entry.replies.length === 1 ? entry.replies[0] : undefined
  return (
    <div className={css.head} data-state={entry.state}>
      <code className={css.command}>
        <span className={css.prompt}>{promptOf(address, entry.position)} </span>
        <HighlightedLine line={entry.line} />
      </code>
      <span className={css.tools}>{reply && <ReplyTools entry={entry} reply={reply} sessionId={sessionId} />}</span>
      <span className={css.elapsed}>
        {entry.state === 'done' && entry.elapsedMs !== undefined && humaneElapsed(entry.elapsedMs)}
        {entry.state === 'running' && <Running since={entry.startedAt ?? Date.now()} />}
        {entry.state === 'waiting' && 'waiting'}
        {entry.state === 'skipped' && 'not run'}
      </span>
    </div>
  )
}

/** A command that answers at once must not make anything flash. */
const QUIET_MS = 300

function Running({ since }: { readonly since: number }) {
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 100)
    return () => clearInterval(timer)
  }, [])
  const ms = now - since
  if (ms < QUIET_MS) return null
  return (
    <span className={css.running} role="status">
      <Spinner /> {(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s · <Kbd keys="ctrl+c" /> cancels
    </span>
  )
}

const VIEWS: readonly { readonly value: ReplyView; readonly label: string }[] = [
  { value: 'text', label: 'text' },
  { value: 'table', label: 'table' },
  { value: 'json', label: 'json' },
  { value: 'raw', label: 'raw' },
]

function ReplyTools({
  entry,
  reply,
  sessionId,
}: {
  readonly entry: CommandEntry
  readonly reply: Reply
  readonly sessionId: string
}) {
  const words = useMemo(() => wordsOf(entry.line), [entry.line])
  const table = useMemo(() => tabular(reply.value, words), [reply.value, words])
  const items = copyForms(reply, table).map(
    ({ id, label, text }): MenuItem => ({
      id,
      label,
      perform: () => {
        void copyText(text()).then((isCopied) =>
          toast(
            isCopied
              ? { kind: 'ok', title: label, description: 'On the clipboard.' }
              : { kind: 'error', title: 'Nothing was copied', description: 'The browser did not allow it.' },
          ),
        )
      },
    }),
  )
  return (
    <>
      <Segments
        label="Show the reply as"
        value={reply.view}
        onValueChange={(view) => showAs(sessionId, entry.id, 0, view)}
        items={VIEWS.filter(({ value }) => value !== 'table' || table !== undefined)}
      />
      <Menu
        align="end"
        trigger={<IconButton label="Copy the reply" size="small" icon={<Copy size={14} />} />}
        items={items}
      />
      <IconButton
        label="Open the reply in a pane"
        size="small"
        icon={<Maximize2 size={14} />}
        onClick={() => openReply({ sessionId, reply, line: entry.line })}
      />
    </>
  )
}
