import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Request } from '../../../shared/contract/contract.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { FieldName } from '../../../shared/contract/types.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { Segments } from '../../ui/tabs.tsx'
import css from './browser.module.css'
import { parseDuration } from './durations.ts'
import { parseName, showCommand } from './names.ts'
import { type Place, useViewActions } from './view-state.ts'

export interface CreateDialogProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly onClose: () => void
}

/** A new key. It never replaces one: the server refuses, and this says so. */
export function CreateDialog({ place, onClose }: CreateDialogProps) {
  const [typedName, setTypedName] = useState('')
  const [type, setType] = useState<'string' | 'hash'>('string')
  const [value, setValue] = useState('')
  const [typedField, setTypedField] = useState('')
  const [typedTtl, setTypedTtl] = useState('')
  const actions = useViewActions(place)
  const create = useMutation({ mutationFn: (request: Request<'keys.create'>) => ask('keys.create', request) })
  const name = parseName(typedName)
  const field = parseName(typedField)
  const ttlMs = typedTtl.trim() === '' ? undefined : (parseDuration(typedTtl) ?? null)
  const isReady = name.ok && typedName !== '' && ttlMs !== null && (type === 'string' || field.ok)
  const bytes = utf8ToBytes(value)

  const submit = (): void => {
    if (!isReady || !name.ok || ttlMs === null) return
    const made =
      type === 'string'
        ? { type, bytes }
        : { type, fields: [{ field: (field.ok ? field.name : '') as FieldName, value: bytes }] }
    create.mutate(
      { ...place, key: name.name, ttlMs, value: made },
      {
        onSuccess: () => {
          actions.openKey(name.name, { pin: true })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a key"
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={!isReady}>
            Create key
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        mono
        autoFocus
        value={typedName}
        onValueChange={setTypedName}
        error={name.ok ? undefined : name.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
      <div className={css.formRow}>
        <Segments
          label="Type"
          value={type}
          onValueChange={setType}
          items={[
            { value: 'string', label: 'string' },
            { value: 'hash', label: 'hash' },
          ]}
        />
        <Field
          className={css.grow}
          aria-label="Expires after"
          mono
          placeholder="expires after, as in 2d 4h"
          value={typedTtl}
          onValueChange={setTypedTtl}
          error={ttlMs === null ? 'Write it as 2d 4h, 90s or 1500ms.' : undefined}
        />
      </div>
      {type === 'hash' && (
        <Field
          label="First field"
          mono
          value={typedField}
          onValueChange={setTypedField}
          error={field.ok ? undefined : field.why}
        />
      )}
      <TextArea label="Value" mono rows={5} value={value} onValueChange={setValue} />
      {isReady && name.ok && <Sends commands={commandsOf(latin1ToBytes(name.name), ttlMs ?? undefined)} />}
      {create.error && <FailureNote failure={toFailure(create.error)} />}
    </Dialog>
  )

  function commandsOf(key: Uint8Array, ttl: number | undefined): readonly string[] {
    if (type === 'string') {
      return [showCommand(['SET', key, bytes, 'NX', ...(ttl === undefined ? [] : ['PX', String(ttl)])])]
    }
    return [
      showCommand(['WATCH', key]),
      showCommand(['EXISTS', key]),
      'MULTI',
      showCommand(['HSET', key, latin1ToBytes(field.ok ? field.name : ''), bytes]),
      ...(ttl === undefined ? [] : [showCommand(['PEXPIRE', key, String(ttl)])]),
      'EXEC',
    ]
  }
}
