import { useState } from 'react'
import type { Failure } from '../../../shared/contract/failure.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, Sends } from '../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import css from './browser.module.css'
import { parseDuration, typedDuration } from './durations.ts'

export interface ExpiryDialogProps {
  /** What expires: "user:1", "field email". */
  readonly of: string
  /** -1: never. */
  readonly ttlMs: number
  /** Why it cannot expire here. */
  readonly lack?: string
  /** The command for so many milliseconds; null: never expires. */
  readonly command: (ttlMs: number | null) => string
  readonly onApply: (ttlMs: number | null) => void
  readonly isApplying: boolean
  readonly failure: Failure | undefined
  readonly onClose: () => void
}

const PRESETS = ['60s', '1h', '1d', '7d'] as const

/** When a key or a field expires. */
export function ExpiryDialog(props: ExpiryDialogProps) {
  const { of, ttlMs, lack, command, onApply, isApplying, failure, onClose } = props
  const now = useNow()
  const [typed, setTyped] = useState(() => (ttlMs < 0 ? '' : typedDuration(Math.max(1_000, ttlMs - (ttlMs % 1_000)))))
  const wanted = typed.trim() === '' ? null : parseDuration(typed)
  const isWrong = typed.trim() !== '' && wanted === null
  const isNoop = wanted === null && ttlMs < 0
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Expiry"
      description={<code className={css.wrapName}>{of}</code>}
      onSubmit={() => !isWrong && !isNoop && lack === undefined && onApply(wanted)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isApplying} disabled={isWrong || isNoop || lack !== undefined}>
            {wanted === null ? 'Never expire' : 'Set expiry'}
          </Button>
        </>
      }
    >
      {lack !== undefined && <ErrorNote tone="warning" what={lack} />}
      <Field
        label="Expires after"
        mono
        autoFocus
        placeholder="empty: never"
        value={typed}
        onValueChange={setTyped}
        disabled={lack !== undefined}
        error={isWrong ? 'Write it as 2d 4h, 90s or 1500ms; a number alone is seconds.' : undefined}
        hint={wanted === null ? 'It never expires by itself.' : `On ${formatAbsolute(now + wanted)}, counted from now.`}
      />
      <div className={css.presets}>
        {PRESETS.map((preset) => (
          <Button key={preset} size="small" onClick={() => setTyped(preset)} disabled={lack !== undefined}>
            {preset}
          </Button>
        ))}
        <Button size="small" onClick={() => setTyped('')} disabled={lack !== undefined}>
          never
        </Button>
      </div>
      {!isWrong && !isNoop && lack === undefined && <Sends commands={[command(wanted)]} />}
      {failure && <FailureNote failure={failure} />}
    </Dialog>
  )
}
