import { clsx } from 'clsx'
import { Copy, Ellipsis, Pencil, Play, Square, Trash2 } from 'lucide-react'
import { type ComponentType, Suspense, useState } from 'react'
import { Link } from 'wouter'
import type { DatabaseStatus, LocalDatabase } from '../../../shared/contract/databases.ts'
import { toFailure } from '../../api/backend.ts'
import { useDatabases } from '../../api/databases.ts'
import { pathOfTarget } from '../../api/target.ts'
import { copyText } from '../../lib/copy-text.ts'
import { formatBytes, formatBytesExact } from '../../lib/format-bytes.ts'
import { formatExact } from '../../lib/format-count.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { toast } from '../../ui/toast.tsx'
import { DatabaseDialog } from './database-dialog.tsx'
import { DatabaseFailure } from './database-failure.tsx'
import css from './home.module.css'
import { useCall } from './queries.ts'
import { RemoveDatabaseDialog } from './remove-database-dialog.tsx'

/** A cell that another feature fills. */
export type DatabaseCell = ComponentType<{ readonly database: LocalDatabase }>

export interface DatabaseRowProps {
  readonly database: LocalDatabase
  readonly checkpoints: DatabaseCell
}

export function DatabaseRow({ database, checkpoints: Checkpoints }: DatabaseRowProps) {
  const { id, name, port, status, keys, memoryUsed } = database
  const [dialog, setDialog] = useState<'edit' | 'remove' | null>(null)
  const start = useCall('databases.start')
  const stop = useCall('databases.stop')
  const isRunning = status === 'running'
  // What start answered is newer than what the list says, until the list says it too.
  const failure = start.error ? toFailure(start.error) : stop.error ? toFailure(stop.error) : database.failure
  return (
    <li className={css.item}>
      <div className={clsx(css.row, css.databases)}>
        <div className={css.nameAndOrigin}>
          {isRunning ? (
            <Link href={pathOfTarget({ database: id })} className={css.open}>
              {name}
            </Link>
          ) : (
            <span className={css.plainName}>{name}</span>
          )}
          {database.branch && <BranchOf branch={database.branch} />}
        </div>
        <span className={css.mono} data-selectable>
          127.0.0.1:{port}
        </span>
        <Status database={database} />
        <span className={css.number}>{isRunning && keys !== undefined ? formatExact(keys) : <Dash />}</span>
        <span
          className={clsx(css.number, css.wideOnly)}
          title={memoryUsed === undefined ? undefined : formatBytesExact(memoryUsed)}
        >
          {isRunning && memoryUsed !== undefined ? formatBytes(memoryUsed) : <Dash />}
        </span>
        <div className={css.cell}>
          <Suspense>
            <Checkpoints database={database} />
          </Suspense>
        </div>
        <div className={css.actions}>
          {isRunning || status === 'stopping' ? (
            <Button
              size="small"
              icon={<Square size={12} />}
              busy={status === 'stopping' || stop.isPending}
              onClick={() => stop.mutate({ id })}
            >
              Stop
            </Button>
          ) : (
            <Button
              size="small"
              icon={<Play size={12} />}
              busy={status === 'starting' || start.isPending}
              onClick={() => start.mutate({ id })}
            >
              Start
            </Button>
          )}
          <Menu
            align="end"
            trigger={<IconButton label={`More for ${name}`} size="small" icon={<Ellipsis size={16} />} />}
            items={useMenu(database, setDialog)}
          />
        </div>
      </div>
      {failure && !isRunning && status !== 'starting' && !start.isPending && (
        <div className={css.detail}>
          <DatabaseFailure failure={failure} onStart={(freePort) => start.mutate({ id, port: freePort })} />
        </div>
      )}
      {dialog === 'edit' && <DatabaseDialog database={database} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && <RemoveDatabaseDialog database={database} onClose={() => setDialog(null)} />}
    </li>
  )
}

function BranchOf({ branch }: { readonly branch: NonNullable<LocalDatabase['branch']> }) {
  const of = useDatabases().data?.find(({ id }) => id === branch.of)
  const words = of ? `branch of ${of.name}` : 'a branch'
  return (
    <span className={css.branchOf} title={`Begun as the branch “${branch.name}”${of ? ` of ${of.name}` : ''}`}>
      {words}
    </span>
  )
}

function useMenu(database: LocalDatabase, open: (dialog: 'edit' | 'remove') => void): readonly MenuItem[] {
  const update = useCall('databases.update')
  const { id, port, autoStart } = database
  return [
    {
      id: 'copy',
      label: 'Copy its URL',
      icon: <Copy size={14} />,
      perform: () => void copyUrl(`redis://127.0.0.1:${port}`),
    },
    { id: 'edit', label: 'Rename or move to another port…', icon: <Pencil size={14} />, perform: () => open('edit') },
    {
      kind: 'check',
      id: 'auto',
      label: 'Start with Keystead',
      checked: autoStart,
      onCheckedChange: (checked) => update.mutate({ id, autoStart: checked }),
    },
    { kind: 'separator', id: 'line' },
    { id: 'remove', label: 'Remove…', icon: <Trash2 size={14} />, danger: true, perform: () => open('remove') },
  ]
}

async function copyUrl(url: string): Promise<void> {
  if (await copyText(url)) toast({ kind: 'ok', title: 'Copied', description: url })
  else toast({ kind: 'error', title: 'The browser did not let it be copied', description: url })
}

const Dash = () => <span className={css.none}>–</span>

const WORDS: Readonly<Record<DatabaseStatus, string>> = {
  running: 'running',
  stopped: 'stopped',
  starting: 'starting…',
  stopping: 'stopping…',
  failed: 'failed',
}

function Status({ database }: { readonly database: LocalDatabase }) {
  const { status, startedAt, pid } = database
  const isMoving = status === 'starting' || status === 'stopping'
  const since = startedAt === undefined ? undefined : `since ${formatAbsolute(startedAt)}, process ${pid ?? 'unknown'}`
  return (
    <span className={css.status} title={status === 'running' ? since : undefined}>
      <span className={css.mark} data-status={status}>
        {isMoving ? <Spinner /> : <i />}
      </span>
      {WORDS[status]}
    </span>
  )
}
