import { lineNumbers } from '@codemirror/view'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import type { Failure } from '../../../shared/contract/failure.ts'
import { bytesEqual, showBytes } from '../../../shared/text/bytes.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import { plural } from '../../lib/format-count.ts'
import { useActions } from '../../ui/actions.ts'
import { Button } from '../../ui/button.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Segments } from '../../ui/tabs.tsx'
import css from './browser.module.css'
import { BYTES_PER_LINE, hexOffset, hexText, parseHex } from './hex-text.ts'
import { HexView } from './hex-view.tsx'
import { jsonFault } from './json-layout.ts'
import { ValueFile } from './value-file.tsx'
import {
  asJson,
  asText,
  EDITOR_MAX,
  guessFormat,
  type TextValue,
  VALUE_FORMATS,
  type ValueFormat,
} from './value-text.ts'
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
 * A value to read and to edit, as text, laid-out JSON or hex. Edits are staged:
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
        <Refused
          failure={failure}
          onReload={() => {
            discard()
            props.onReload()
          }}
          onOverwrite={props.mayOverwrite === false ? undefined : () => send(false)}
        />
      )}
      {format === 'hex' && <HexPart key={replaced} {...props} current={current} onBytes={stage} onFault={setFault} />}
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

interface RefusedProps {
  readonly failure: Failure
  readonly onReload: () => void
  readonly onOverwrite: (() => void) | undefined
}

function Refused({ failure, onReload, onOverwrite }: RefusedProps) {
  const actions =
    failure.code === 'CHANGED_MEANWHILE' ? (
      <>
        <Button size="small" onClick={onReload}>
          Discard mine, show theirs
        </Button>
        {onOverwrite && (
          <Button size="small" variant="danger" onClick={onOverwrite}>
            Overwrite theirs
          </Button>
        )}
      </>
    ) : undefined
  return (
    <div className={css.note}>
      <FailureNote
        failure={failure}
        tone={failure.code === 'CHANGED_MEANWHILE' ? 'warning' : 'error'}
        actions={actions}
      />
    </div>
  )
}

interface TextPartProps {
  readonly label: string
  readonly mode: 'text' | 'json'
  /** What is shown; undefined where it is not UTF-8. */
  readonly value: TextValue | undefined
  /** How the value was before it was edited: its ends of lines are kept. */
  readonly base: TextValue | undefined
  readonly bytes: Uint8Array
  readonly isWhole: boolean
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onFault: (fault: string | undefined) => void
}

function TextPart({ label, mode, value, base, bytes, isWhole, onBytes, onFault }: TextPartProps) {
  if (!value) {
    return (
      <>
        <div className={css.note}>
          <ErrorNote
            tone="warning"
            what={
              isWhole ? 'These bytes are not text in UTF-8.' : 'This part does not begin or end between characters.'
            }
            todo={isWhole ? 'They are shown one character per byte, and can be edited as hex.' : undefined}
          />
        </div>
        <CodeField label={label} value={showBytes(bytes).replaceAll(/\r\n?/g, '\n')} readOnly className={css.code} />
      </>
    )
  }
  const why = value.readOnly ?? (isWhole ? undefined : 'A part of a long value can be read, not edited.')
  return (
    <>
      {value.readOnly !== undefined && (
        <div className={css.note}>
          <ErrorNote tone="warning" what="This text cannot be edited as text." todo={value.readOnly} />
        </div>
      )}
      <CodeField
        label={label}
        mode={mode}
        value={value.text}
        readOnly={why !== undefined}
        lineNumbers
        className={css.code}
        onValueChange={(text) => {
          onFault(undefined)
          onBytes((base ?? value).encode(text))
        }}
      />
    </>
  )
}

interface JsonPartProps {
  readonly label: string
  readonly bytes: Uint8Array
  readonly current: Uint8Array
  readonly json: TextValue | undefined
  readonly isWhole: boolean
  readonly isDirty: boolean
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onFault: (fault: string | undefined) => void
}

/** Keeps what was typed while it is not JSON: laying it out anew under the cursor would be no help. */
function JsonPart({ label, bytes, current, json, isWhole, isDirty, onBytes, onFault }: JsonPartProps) {
  const typed = useRef<{ readonly text: string; readonly bytes: Uint8Array }>(undefined)
  const shown = asJson(current)
  if (!json && !shown) {
    return (
      <>
        <div className={css.note}>
          <ErrorNote
            tone="warning"
            what={isWhole ? 'This value is not JSON.' : 'A part of a long value cannot be laid out as JSON.'}
            words={isWhole ? (jsonFault(showBytes(bytes)) ?? undefined) : undefined}
          />
        </div>
        <TextPart
          label={label}
          mode="text"
          value={asText(current)}
          base={asText(bytes)}
          bytes={current}
          isWhole={isWhole}
          onBytes={onBytes}
          onFault={onFault}
        />
      </>
    )
  }
  const isOurs = isDirty && typed.current !== undefined && bytesEqual(typed.current.bytes, current)
  const text = isOurs ? typed.current!.text : (shown?.text ?? showBytes(current))
  return (
    <CodeField
      label={label}
      mode="json"
      value={text}
      readOnly={!isWhole}
      lineNumbers
      className={css.code}
      onValueChange={(edited) => {
        const fault = jsonFault(edited)
        onFault(fault === null ? undefined : `Not JSON: ${fault}`)
        // Laid out and otherwise untouched, it is the value as it was.
        const encoded = json && edited === json.text ? bytes : (json ?? shown!).encode(edited)
        typed.current = { text: edited, bytes: encoded }
        onBytes(encoded)
      }}
    />
  )
}

/** Larger values are read as hex; typing into their dump would be slow. */
const HEX_EDIT_MAX = 256 << 10

const offsets = lineNumbers({ formatNumber: (line) => hexOffset((line - 1) * BYTES_PER_LINE) })

interface HexPartProps extends ValueEditorProps {
  readonly current: Uint8Array
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onFault: (fault: string | undefined) => void
}

function HexPart({ label, current, isWhole, offset = 0, onBytes, onFault }: HexPartProps) {
  const [typed, setTyped] = useState<string>()
  const mayEdit = isWhole && current.length <= HEX_EDIT_MAX
  if (typed === undefined) {
    return (
      <>
        <HexView label={label} bytes={current} offset={offset} />
        <div className={css.hexFoot}>
          {plural(current.length, 'byte')}
          <span className={css.grow} />
          {mayEdit && (
            <Button size="small" onClick={() => setTyped(hexText(current))}>
              Edit bytes
            </Button>
          )}
        </div>
      </>
    )
  }
  return (
    <CodeField
      label={`${label}, in hexadecimal`}
      value={typed}
      wrap={false}
      extensions={offsets}
      className={css.code}
      onValueChange={(text) => {
        setTyped(text)
        const parsed = parseHex(text)
        onFault(parsed.ok ? undefined : parsed.why)
        if (parsed.ok) onBytes(parsed.bytes)
      }}
    />
  )
}
