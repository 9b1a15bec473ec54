import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Dialog, Sends } from '../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import css from './browser.module.css'
import { ExpiryDialog } from './expiry-dialog.tsx'
import { parseName, showCommand, showName } from './names.ts'
import { refreshKey, useKeyCall } from './queries.ts'
import { type Place, useViewActions } from './view-state.ts'

export type KeyDialog =
  | { readonly does: 'rename' | 'remove'; readonly key: KeyName }
  | { readonly does: 'expire'; readonly key: KeyName; readonly ttlMs: number }
  | { readonly does: 'create' | 'go' }

interface OfKey {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly onClose: () => void
}

export function RenameDialog({ place, name, onClose }: OfKey) {
  const [typed, setTyped] = useState(() => showName(name))
  const rename = useKeyCall('keys.rename', place, name)
  const actions = useViewActions(place)
  const to = parseName(typed)
  const isSame = to.ok && to.name === name
  // Overwriting is offered only once the server has said that the name is taken.
  const isTaken = rename.error !== null && toFailure(rename.error).code === 'KEY_EXISTS'
  const submit = (overwrite: boolean): void => {
    if (!to.ok || isSame) return
    rename.mutate(
      { ...place, key: name, to: to.name, overwrite },
      {
        onSuccess: () => {
          actions.renameKey(name, to.name)
          onClose()
        },
      },
    )
  }
  const command = (overwrite: boolean): string =>
    showCommand([overwrite ? 'RENAME' : 'RENAMENX', latin1ToBytes(name), to.ok ? latin1ToBytes(to.name) : ''])
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rename the key"
      description={<code className={css.wrapName}>{showName(name)}</code>}
      onSubmit={() => submit(isTaken)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant={isTaken ? 'danger' : 'primary'}
            busy={rename.isPending}
            disabled={!to.ok || isSame}
          >
            {isTaken ? 'Overwrite the other key' : 'Rename'}
          </Button>
        </>
      }
    >
      <Field
        label="New name"
        mono
        autoFocus
        onFocus={(event) => event.target.select()}
        value={typed}
        onValueChange={(text) => {
          rename.reset()
          setTyped(text)
        }}
        error={to.ok ? undefined : to.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
      {to.ok && !isSame && <Sends commands={[command(isTaken)]} />}
      {rename.error && <FailureNote failure={toFailure(rename.error)} tone={isTaken ? 'warning' : 'error'} />}
    </Dialog>
  )
}

export function RemoveDialog({ session, place, name, onClose }: OfKey) {
  const remove = useKeyCall('keys.remove', place, name)
  const actions = useViewActions(place)
  const confirm = (): void =>
    remove.mutate(
      { ...place, keys: [name] },
      {
        onSuccess: ({ removed }) => {
          actions.closeKey(name)
          toast({
            kind: 'ok',
            title: removed === 0 ? 'The key was gone already' : `Deleted ${showName(name).slice(0, 80)}`,
          })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete this key?"
      action="Delete the key"
      danger
      busy={remove.isPending}
      onConfirm={confirm}
    >
      <code className={css.wrapName}>{showName(name)}</code>
      {session.environment === 'production' && (
        <ErrorNote
          tone="warning"
          what={`${session.name} is production.`}
          todo="A deleted key cannot be brought back."
        />
      )}
      <Sends commands={[showCommand(['UNLINK', latin1ToBytes(name)])]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}

export function KeyExpiryDialog({ place, name, ttlMs, onClose }: OfKey & { readonly ttlMs: number }) {
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (wanted: number | null) =>
      wanted === null
        ? ask('keys.persist', { ...place, key: name })
        : ask('keys.expire', { ...place, key: name, ttlMs: wanted }),
    onSuccess: ({ done }, wanted) => {
      if (!done && wanted !== null)
        toast({ kind: 'error', title: 'The key is gone', description: 'It expired or was deleted.' })
      onClose()
    },
    onSettled: () => void refreshKey(client, place, name),
  })
  const key = latin1ToBytes(name)
  return (
    <ExpiryDialog
      of={showName(name)}
      ttlMs={ttlMs}
      command={(wanted) => showCommand(wanted === null ? ['PERSIST', key] : ['PEXPIRE', key, String(wanted)])}
      onApply={(wanted) => change.mutate(wanted)}
      isApplying={change.isPending}
      failure={change.error ? toFailure(change.error) : undefined}
      onClose={onClose}
    />
  )
}

export function GoDialog({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const actions = useViewActions(place)
  const name = parseName(typed)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Go to key"
      description="By its exact name, whether or not the scan has reached it."
      onSubmit={() => {
        if (!name.ok || typed === '') return
        actions.openKey(name.name, { pin: true })
        onClose()
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!name.ok || typed === ''}>
            Open
          </Button>
        </>
      }
    >
      <Field
        label="Key"
        mono
        autoFocus
        value={typed}
        onValueChange={setTyped}
        error={name.ok ? undefined : name.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
    </Dialog>
  )
}
