import { clsx } from 'clsx'
import { CircleCheck, Copy, Ellipsis, Lock, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Connection, ConnectionTest } from '../../../shared/contract/connections.ts'
import { toFailure } from '../../api/backend.ts'
import { pathOfTarget } from '../../api/target.ts'
import { copyText } from '../../lib/copy-text.ts'
import { plural } from '../../lib/format-count.ts'
import { formatLatency } from '../../lib/format-duration.ts'
import { formatAbsolute, formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { toast } from '../../ui/toast.tsx'
import { draftOf, formOf, placeOf, urlOf } from './connection-form.ts'
import css from './home.module.css'
import { useCall } from './queries.ts'

export interface ConnectionRowProps {
  readonly connection: Connection
  readonly onEdit: () => void
}

export function ConnectionRow({ connection, onEdit }: ConnectionRowProps) {
  const { id, name, endpoint, environment, username, db, lastUsedAt } = connection
  const [isRemoving, setRemoving] = useState(false)
  const now = useNow(30_000)
  const test = useCall('connections.test')
  const runTest = (): void => {
    const checked = draftOf(formOf(connection))
    if ('draft' in checked) test.mutate(checked.draft)
  }
  const items: readonly MenuItem[] = [
    { id: 'edit', label: 'Edit…', icon: <Pencil size={14} />, perform: onEdit },
    {
      id: 'copy',
      label: 'Copy its URL, without the password',
      icon: <Copy size={14} />,
      perform: () => void copyUrl(urlOf(connection)),
    },
    { kind: 'separator', id: 'line' },
    { id: 'remove', label: 'Remove…', icon: <Trash2 size={14} />, danger: true, perform: () => setRemoving(true) },
  ]
  return (
    <li className={css.item}>
      <div className={clsx(css.row, css.connections)}>
        <span className={css.edge} style={{ backgroundColor: `var(--env-${environment})` }} />
        <div className={css.name}>
          <Link href={pathOfTarget({ connection: id })} className={css.open}>
            {name}
          </Link>
        </div>
        <span className={css.mono} title={endpoint.kind === 'tcp' && endpoint.tls ? 'encrypted with TLS' : undefined}>
          {endpoint.kind === 'tcp' && endpoint.tls && <Lock size={11} aria-label="TLS" />}{' '}
          {username ? `${username}@` : ''}
          {placeOf(endpoint)}
          {db ? `/${db}` : ''}
        </span>
        <span className={css.environment}>
          <span className={css.dot} style={{ backgroundColor: `var(--env-${environment})` }} />
          {environment}
        </span>
        <span
          className={clsx(css.quiet, css.wideOnly)}
          title={lastUsedAt === undefined ? undefined : formatAbsolute(lastUsedAt)}
        >
          {lastUsedAt === undefined ? <span className={css.none}>never</span> : formatRelative(lastUsedAt, now)}
        </span>
        <div className={css.actions}>
          <Button size="small" busy={test.isPending} onClick={runTest}>
            Test
          </Button>
          <Menu
            align="end"
            trigger={<IconButton label={`More for ${name}`} size="small" icon={<Ellipsis size={16} />} />}
            items={items}
          />
        </div>
      </div>
      {test.data && !test.isPending && (
        <div className={css.detail}>
          <TestPassed test={test.data} />
        </div>
      )}
      {test.error && !test.isPending && (
        <div className={css.detail}>
          <FailureNote
            failure={toFailure(test.error)}
            actions={
              <>
                <Button size="small" onClick={onEdit}>
                  Edit
                </Button>
                <Button size="small" variant="quiet" onClick={() => test.reset()}>
                  Dismiss
                </Button>
              </>
            }
          />
        </div>
      )}
      {isRemoving && <RemoveDialog connection={connection} onClose={() => setRemoving(false)} />}
    </li>
  )
}

/** Latency first: it is what the test was for. */
export function TestPassed({ test }: { readonly test: ConnectionTest }) {
  const { kind, version, role, latencyMs, keys } = test
  const facts = [
    formatLatency(latencyMs),
    `${kind} ${version}`,
    role,
    keys === undefined ? undefined : plural(keys, 'key'),
  ]
  return (
    <span className={css.result} title={`One PING took ${latencyMs.toFixed(3)} ms`} role="status">
      <CircleCheck size={14} aria-hidden="true" />
      <span>{facts.filter(Boolean).join(' · ')}</span>
    </span>
  )
}

async function copyUrl(url: string): Promise<void> {
  if (await copyText(url)) toast({ kind: 'ok', title: 'Copied', description: url })
  else toast({ kind: 'error', title: 'The browser did not let it be copied', description: url })
}

function RemoveDialog({ connection, onClose }: { readonly connection: Connection; readonly onClose: () => void }) {
  const remove = useCall('connections.remove')
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${connection.name}?`}
      action="Remove connection"
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ id: connection.id }, { onSuccess: onClose })}
    >
      <p>
        Keystead forgets the address{connection.hasPassword ? ' and the password' : ''}. Nothing is sent to the server,
        and its data is not touched.
      </p>
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
