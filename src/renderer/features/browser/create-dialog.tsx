import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Request } from '../../../shared/contract/contract.ts'
import { latin1ToBytes } from '../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../api/backend.ts'
import { keyTypeMark } from '../../lib/key-type.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import css from './browser.module.css'
import { parseDuration } from './durations.ts'
import { parseName } from './names.ts'
import type { NewValueInput, Typed, ValueType } from './value-type.ts'
import { type KnownType, VALUE_TYPES } from './value-types.ts'
import { type Place, useViewActions } from './view-state.ts'

export interface CreateDialogProps {
  readonly place: Place
  readonly onClose: () => void
}

const TYPES = (Object.keys(VALUE_TYPES) as KnownType[]).map((value) => ({ value, label: keyTypeMark(value).name }))

/** A new key. It never replaces one: the server refuses, and this says so. */
export function CreateDialog({ place, onClose }: CreateDialogProps) {
  const [typedName, setTypedName] = useState('')
  const [type, setType] = useState<KnownType>('string')
  const [typed, setTyped] = useState<Typed>({})
  const [typedTtl, setTypedTtl] = useState('')
  const actions = useViewActions(place)
  const create = useMutation({ mutationFn: (request: Request<'keys.create'>) => ask('keys.create', request) })
  const { form }: ValueType = VALUE_TYPES[type]
  const textOf = ({ id, initial = '' }: NewValueInput): string => typed[id] ?? initial
  const name = parseName(typedName)
  const read = form.read(Object.fromEntries(form.inputs.map((input) => [input.id, textOf(input)])))
  const ttlMs = typedTtl.trim() === '' ? undefined : (parseDuration(typedTtl) ?? null)
  const isReady = name.ok && typedName !== '' && ttlMs !== null && read.ok

  const submit = (): void => {
    if (!isReady) return
    create.mutate(
      { ...place, key: name.name, ttlMs, value: read.value },
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
        <Select label="Type" prefix="type:" value={type} onValueChange={setType} options={TYPES} />
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
      {form.inputs.map((input) => (
        <Input
          key={input.id}
          input={input}
          value={textOf(input)}
          onValueChange={(text) => setTyped((old) => ({ ...old, [input.id]: text }))}
          error={read.ok ? undefined : read.errors[input.id]}
        />
      ))}
      {isReady && <Sends commands={read.sends(latin1ToBytes(name.name), ttlMs)} />}
      {create.error && <FailureNote failure={toFailure(create.error)} />}
    </Dialog>
  )
}

interface InputProps {
  readonly input: NewValueInput
  readonly value: string
  readonly onValueChange: (text: string) => void
  readonly error: string | undefined
}

function Input({ input: { label, hint, rows }, ...rest }: InputProps) {
  if (rows === undefined) return <Field label={label} mono hint={hint} {...rest} />
  return <TextArea label={label} mono rows={rows} {...rest} />
}
