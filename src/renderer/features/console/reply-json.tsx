import { useMemo } from 'react'
import { humaneBytes } from '../../../shared/text/number.ts'
import { CodeField } from '../../ui/code-field.tsx'
import { toJson } from './json.ts'
import type { Reply } from './reply.ts'
import css from './transcript.module.css'

/** What an editor still shows at once. */
const SIZE_MAX = 4 << 20
const LINE_HEIGHT = 18
const LINES_MAX = 24

export function ReplyJson({ reply }: { readonly reply: Reply }) {
  const text = useMemo(() => (reply.raw.length > SIZE_MAX ? undefined : toJson(reply.value)), [reply.raw, reply.value])
  if (text === undefined) {
    return (
      <div className={css.aside}>
        {`This reply of ${humaneBytes(reply.raw.length)} is too long to be folded here. Copy it as JSON, or show it as text.`}
      </div>
    )
  }
  const lines = Math.min(LINES_MAX, text.split('\n').length)
  return (
    <div className={css.json} style={{ height: lines * LINE_HEIGHT + 14 }}>
      <CodeField label="Reply as JSON" value={text} mode="json" readOnly wrap framed />
    </div>
  )
}
