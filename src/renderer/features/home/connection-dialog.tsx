import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Connection } from '../../../shared/contract/connections.ts'
import { toFailure } from '../../api/backend.ts'
import { pathOfTarget } from '../../api/target.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogAside } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { ConnectionFields } from './connection-fields.tsx'
import { type ConnectionForm, draftOf, EMPTY_FORM, type FieldError, formOf, withUrl } from './connection-form.ts'
import { TestPassed } from './connection-row.tsx'
import css from './home.module.css'
import { useCall } from './queries.ts'
import { useParsedUrl } from './use-parsed-url.ts'

export interface ConnectionDialogProps {
  /** Absent: a new one. */
  readonly connection?: Connection
  /** Pasted on Home. */
  readonly url?: string
  readonly onClose: () => void
}

export function ConnectionDialog({ connection, url: pasted, onClose }: ConnectionDialogProps) {
  const [form, setForm] = useState<ConnectionForm>(() => (connection ? formOf(connection) : EMPTY_FORM))
  const [url, setUrl] = useState(pasted ?? '')
  const [errors, setErrors] = useState<FieldError>({})
  const [, navigate] = useLocation()
  const save = useCall('connections.save')
  const test = useCall('connections.test')
  const urlState = useParsedUrl(url, (parsed) => change((form) => withUrl(form, parsed)))

  const change = (to: (form: ConnectionForm) => ConnectionForm): void => {
    setForm(to)
    setErrors({})
    // A test of other values proves nothing about these.
    test.reset()
  }
  /** Sends the draft, or shows what is wrong with it. */
  const withDraft = (send: (draft: Parameters<typeof save.mutate>[0]) => void): void => {
    const checked = draftOf(form)
    if ('errors' in checked) setErrors(checked.errors)
    else send(checked.draft)
  }
  const saveAnd = (then: (saved: Connection) => void): void =>
    withDraft((draft) =>
      save.mutate(draft, {
        onSuccess: (saved) => {
          onClose()
          then(saved)
        },
      }),
    )
  const failure = save.error ?? test.error
  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title={connection ? `Edit ${connection.name}` : 'Add a connection'}
      onSubmit={() => saveAnd(() => {})}
      footer={
        <>
          <DialogAside>
            <Button busy={test.isPending} onClick={() => withDraft((draft) => test.mutate(draft))}>
              Test
            </Button>
          </DialogAside>
          <Button onClick={onClose}>Cancel</Button>
          {!connection && (
            <Button onClick={() => saveAnd(({ id }) => navigate(pathOfTarget({ connection: id })))}>
              Save and open
            </Button>
          )}
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Field
        label="URL"
        mono
        autoFocus={!connection}
        placeholder="rediss://user:password@host:6379/0"
        value={url}
        onValueChange={setUrl}
        // Once read, it need not stand there with its password in clear.
        onBlur={() => urlState.state === 'parsed' && setUrl('')}
        error={
          urlState.state === 'bad'
            ? [urlState.failure.message, urlState.failure.hint].filter(Boolean).join('. ')
            : undefined
        }
        hint={
          urlState.state === 'parsed' ? 'Read into the fields below.' : 'Fills the fields below as you type or paste.'
        }
      />
      <div className={css.rule} />
      <Field
        label="Name"
        value={form.name}
        placeholder="as its address"
        onValueChange={(name) => change((form) => ({ ...form, name, isNameOwn: name !== '' }))}
        error={errors.name}
      />
      <ConnectionFields form={form} errors={errors} onChange={(fields) => change((form) => ({ ...form, ...fields }))} />
      {test.data && !test.isPending && <TestPassed test={test.data} />}
      {failure && <FailureNote failure={toFailure(failure)} />}
    </Dialog>
  )
}
