import { clsx } from 'clsx'
import { Plus } from 'lucide-react'
import type { Connection } from '../../../shared/contract/connections.ts'
import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { ConnectionRow } from './connection-row.tsx'
import css from './home.module.css'
import { useConnections } from './queries.ts'

export interface ConnectionListProps {
  readonly onAdd: () => void
  readonly onEdit: (connection: Connection) => void
}

export function ConnectionList({ onAdd, onEdit }: ConnectionListProps) {
  const { data, error, refetch } = useConnections()
  return (
    <section aria-labelledby="connections-title">
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle} id="connections-title">
          Saved connections
        </h2>
        <Button size="small" icon={<Plus size={14} />} onClick={onAdd}>
          Add connection
        </Button>
      </div>
      {error && (
        <FailureNote
          failure={toFailure(error)}
          actions={
            <Button size="small" onClick={() => void refetch()}>
              Ask again
            </Button>
          }
        />
      )}
      {data && data.length === 0 && (
        <div className={css.list}>
          <EmptyState title="No saved connection">
            Paste a URL anywhere on this page <Kbd keys="mod+v" />, such as{' '}
            <code>redis://user:password@host:6379/0</code>. Redis, Valkey, and whatever speaks their protocol.
          </EmptyState>
        </div>
      )}
      {data && data.length > 0 && (
        <div className={css.list}>
          <div className={clsx(css.head, css.connections)} aria-hidden="true">
            <span>name</span>
            <span>address</span>
            <span>environment</span>
            <span className={css.wideOnly}>last used</span>
            <span className={css.actions} />
          </div>
          <ul>
            {data.map((connection) => (
              <ConnectionRow key={connection.id} connection={connection} onEdit={() => onEdit(connection)} />
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}
