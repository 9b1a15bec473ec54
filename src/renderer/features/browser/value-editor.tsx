import { type KeyboardEvent, type ReactNode, useState } from 'react'
import type { Failure } from '../../../shared/contract/failure.ts'
import { bytesEqual } from '../../../shared/text/bytes.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import { useActions } from '../../ui/actions.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Segments } from '../../ui/tabs.tsx'
import { withFlipped } from './bits.ts'
import { BitsView } from './bits-view.tsx'
import css from './browser.module.css'
import { HexPart } from './hex-part.tsx'
import { JsonPart } from './json-part.tsx'
import { RefusedEdit } from './refused-edit.tsx'
import { TextPart } from './text-part.tsx'
import { ValueFile } from './value-file.tsx'
import { asJson, asText, EDITOR_MAX, guessFormat, VALUE_FORMATS, type ValueFormat } from './value-text.ts'
import type { Draft } from './view-state.ts'

export interface ValueEditorProps {
  /** What is edited, for screen readers: "Value of user:1". */
  readonly label: string
  /** The value as the server has it, whole or in part. */
  readonly bytes: Uint8Array
  /** False where `bytes` is a part: it is shown and cannot be edited. */
  readonly isWhole: boolean
  /** Where in the value `bytes` begins. */
  readonly offset?: number
  readonly draft: Draft | undefined
  readonly onDraft: (draft: Draft | undefined) => void
  /** The commands that applying `bytes` sends. */
  readonly sends: (bytes: Uint8Array) => readonly string[]
  /** In production every write is shown before it is sent. */
  readonly confirms: boolean
  readonly onApply: (bytes: Uint8Array, expected: Uint8Array | undefined) => void
  readonly isApplying: boolean
  readonly failure: Failure | undefined
  readonly onReload: () => void
  /** False where what others wrote must not be written over: it may be something else altogether. */
  readonly mayOverwrite?: boolean
  readonly toolbar?: ReactNode
}

/**
 * A value to read and to edit, as text, laid-out JSON, hex or bits. Edits are staged:
 * nothing is sent before it is applied, and what was not edited is never sent.
 */
export function ValueEditor(props: ValueEditorProps) {
  const { label, bytes, isWhole, draft, onDraft, sends, confirms, isApplying, failure } = props
  const current = draft?.bytes ?? bytes
  const [chosen, setChosen] = useState<ValueFormat>()
  const [fault, setFault] = useState<string>()
  const [asking, setAsking] = useState<'apply' | 'discard'>()
  const [replaced, setReplaced] = useState(0)
  const isTooLarge = current.length > EDITOR_MAX
  const format = isTooLarge ? 'hex' : (chosen ?? guessFormat(current, isWhole))
  const isDirty = draft !== undefined
  const stage = (edited: Uint8Array): void => {
    const base = draft?.base ?? bytes
    onDraft(bytesEqual(edited, base) ? undefined : { base, bytes: edited })
  }
  const discard = (): void => {
    onDraft(undefined)
    setReplaced((times) => times + 1)
    setFault(undefined)
    setAsking(undefined)
  }
  const replace = (bytes: Uint8Array): void => {
    stage(bytes)
    setReplaced((times) => times + 1)
    setFault(undefined)
  }
  const send = (guarded: boolean): void => {
    if (!draft) return
    setAsking(undefined)
    props.onApply(draft.bytes, guarded ? draft.base : undefined)
  }
  const apply = (): void => {
    if (!isDirty || fault !== undefined || isApplying) return
    if (confirms) setAsking('apply')
    else send(true)
  }
  useActions([
    {
      id: 'browser.apply',
      group: 'Value',
      label: 'Apply edits',
      shortcut: 'mod+s',
      when: () => isDirty,
      perform: apply,
    },
  ])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || !isDirty) return
    event.preventDefault()
    event.stopPropagation()
    setAsking('discard')
  }
  const json = format === 'json' ? asJson(bytes) : undefined
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens for Escape from the editor inside.
    <div className={css.editor} onKeyDown={onKeyDown}>
      <div className={css.toolbar}>
        {isTooLarge ? (
          <span className={css.fact}>bytes only: over {formatBytes(EDITOR_MAX)}, save it to a file to change it</span>
        ) : (
          <Segments
            label="Show the value as"
            value={format}
            onValueChange={(next) => {
              setFault(undefined)
              setChosen(next)
            }}
            items={VALUE_FORMATS}
          />
        )}
        {props.toolbar}
        {isWhole && (
          <>
            <span className={css.grow} />
            <ValueFile name={label} bytes={current} onReplace={replace} />
          </>
        )}
      </div>
      {failure && (
        <RefusedEdit
          failure={failure}
          onReload={() => {
            discard()
            props.onReload()
          }}
          onOverwrite={props.mayOverwrite === false ? undefined : () => send(false)}
        />
      )}
      {format === 'hex' && (
        <HexPart
          key={replaced}
          label={label}
          current={current}
          isWhole={isWhole}
          offset={props.offset ?? 0}
          onBytes={stage}
          onFault={setFault}
        />
      )}
      {format === 'bits' && (
        <BitsView
          label={label}
          bytes={current}
          offset={props.offset ?? 0}
          onFlip={isWhole ? (bit) => stage(withFlipped(current, bit)) : undefined}
        />
      )}
      {format === 'text' && (
        <TextPart
          label={label}
          value={asText(current)}
          base={asText(draft?.base ?? bytes)}
          bytes={current}
          isWhole={isWhole}
          onBytes={stage}
          onFault={setFault}
          mode="text"
        />
      )}
      {format === 'json' && (
        <JsonPart
          label={label}
          bytes={bytes}
          current={current}
          json={json}
          isWhole={isWhole}
          isDirty={isDirty}
          onBytes={stage}
          onFault={setFault}
        />
      )}
      {fault !== undefined && (
        <div className={css.fault} role="alert">
          {fault}
        </div>
      )}
      {isDirty && (
        <div className={css.staged}>
          <span className={css.stagedText}>
            Edited, not applied: {formatBytes(draft.base.length)} → {formatBytes(draft.bytes.length)}
          </span>
          <code className={css.stagedSends} title={sends(draft.bytes).join('\n')}>
            {writeOf(sends(draft.bytes))}
          </code>
          <Kbd keys="escape" />
          <Button size="small" onClick={() => setAsking('discard')} disabled={isApplying}>
            Discard
          </Button>
          <Kbd keys="mod+s" />
          <Button size="small" variant="primary" onClick={apply} busy={isApplying} disabled={fault !== undefined}>
            Apply
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={asking === 'apply'}
        onOpenChange={(open) => !open && setAsking(undefined)}
        title="Write this value?"
        action="Write the value"
        onConfirm={() => send(true)}
      >
        {draft && <Sends commands={sends(draft.bytes)} />}
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'discard'}
        onOpenChange={(open) => !open && setAsking(undefined)}
        title="Discard your edits?"
        action="Discard edits"
        danger
        onConfirm={discard}
      >
        Nothing was sent yet. The value on the server stays as it is.
      </ConfirmDialog>
    </div>
  )
}

/** Of the commands of a guarded write the one that writes. */
const writeOf = (commands: readonly string[]): string | undefined => commands[commands.indexOf('MULTI') + 1]
