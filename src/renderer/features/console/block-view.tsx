import { CircleAlert } from 'lucide-react'
import { exactCount } from '../../../shared/text/number.ts'
import { plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import type { Block } from './blocks.ts'
import { CommandHead } from './command-head.tsx'
import { type ConsoleView, patchReply, showMore } from './console-store.ts'
import { wholeText } from './reply.ts'
import { ReplyJson } from './reply-json.tsx'
import { ReplyLine } from './reply-line.tsx'
import { openReply } from './reply-pane.tsx'
import { ReplyTable } from './reply-table.tsx'
import { wordsOf } from './run.ts'
import css from './transcript.module.css'

/** One block of the transcript. */
export function BlockView({ block, view }: { readonly block: Block; readonly view: ConsoleView }) {
  const { sessionId, address } = view.session
  switch (block.kind) {
    case 'head':
      return <CommandHead entry={block.entry} sessionId={sessionId} address={address} />
    case 'lines': {
      const { reply, place } = block
      const onWhole = (): void => patchReply(sessionId, place.entryId, place.index, { text: wholeText(reply, view) })
      return (
        <pre className={css.lines}>
          {numbers(block.from, block.to).map((line) => (
            <div key={line} className={css.line}>
              <ReplyLine segments={reply.text.line(line)} onWhole={onWhole} />
            </div>
          ))}
        </pre>
      )
    }
    case 'raw':
      return (
        <pre className={css.lines}>
          {numbers(block.from, block.to).map((line) => (
            <div key={line} className={css.line}>
              {block.lines.line(line)}
            </div>
          ))}
        </pre>
      )
    case 'table':
      return <ReplyTable reply={block.reply} words={wordsOf(block.line)} />
    case 'json':
      return <ReplyJson reply={block.reply} />
    case 'more':
      return <More block={block} sessionId={sessionId} />
    case 'failure':
      return (
        <div className={css.note}>
          <FailureNote failure={block.failure} tone={block.failure.code === 'CANCELLED' ? 'warning' : 'error'} />
        </div>
      )
    case 'note':
      return (
        <div className={css.aside} data-tone={block.note.tone}>
          {block.note.tone === 'warning' && <CircleAlert size={14} aria-label="Warning" />}
          {block.note.text}
        </div>
      )
    case 'dropped':
      return (
        <div
          className={css.aside}
        >{`${plural(block.count, 'older entry', 'older entries')} gave way to newer ones.`}</div>
      )
    case 'stream-dropped':
      return (
        <div className={css.aside} data-tone="warning">
          {`${exactCount(block.count)} more came in this while, faster than they could be shown, and were dropped.`}
        </div>
      )
  }
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

function More({
  block,
  sessionId,
}: {
  readonly block: Extract<Block, { kind: 'table' | 'json' | 'more' }>
  readonly sessionId: string
}) {
  const { reply, place, line } = block
  return (
    <div className={css.more}>
      <span>{`${exactCount(reply.text.lineCount - reply.linesShown)} more of ${exactCount(reply.text.lineCount)} lines`}</span>
      <Button size="small" onClick={() => showMore(sessionId, place.entryId, place.index, reply)}>
        Show 2,000 more
      </Button>
      <Button size="small" onClick={() => openReply({ sessionId, reply, line })}>
        Show all in a pane
      </Button>
    </div>
  )
}
