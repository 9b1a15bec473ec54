import { clsx } from 'clsx'
import { Plus } from 'lucide-react'
import { toFailure } from '../../api/backend.ts'
import { useDatabases } from '../../api/databases.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { type DatabaseCell, DatabaseRow } from './database-row.tsx'
import css from './home.module.css'

export interface DatabaseListProps {
  readonly checkpoints: DatabaseCell
  readonly onCreate: () => void
}

export function DatabaseList({ checkpoints, onCreate }: DatabaseListProps) {
  const { data, error, refetch } = useDatabases()
  return (
    <section aria-labelledby="databases-title">
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle} id="databases-title">
          Local databases
        </h2>
        <Button size="small" icon={<Plus size={14} />} onClick={onCreate}>
          Create database
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
          <EmptyState title="No local database">
            Create one, and anything that speaks to Redis or Valkey can use it at <code>127.0.0.1:6379</code>.
          </EmptyState>
        </div>
      )}
      {data && data.length > 0 && (
        <div className={css.list}>
          <div className={clsx(css.head, css.databases)} aria-hidden="true">
            <span>name</span>
            <span>address</span>
            <span>status</span>
            <span className={css.headNumber}>keys</span>
            <span className={clsx(css.headNumber, css.wideOnly)}>memory</span>
            <span>checkpoints</span>
            <span className={css.actions} />
          </div>
          <ul>
            {data.map((database) => (
              <DatabaseRow key={database.id} database={database} checkpoints={checkpoints} />
            ))}
          </ul>
        </div>
      )}
      {data !== undefined && data.length > 0 && (
        <p className={css.truth}>What is written is on disk within a second; a crash loses no more than that.</p>
      )}
    </section>
  )
}
