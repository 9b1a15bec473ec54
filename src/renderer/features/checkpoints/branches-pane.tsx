import { Copy, ExternalLink, Play, Plus, Trash2 } from 'lucide-react'
import { type CSSProperties, type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import type { Branch, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import type { SessionTarget } from '../../../shared/contract/sessions.ts'
import { toFailure } from '../../api/backend.ts'
import { useDatabases } from '../../api/databases.ts'
import { pathOfTarget } from '../../api/target.ts'
import { copyText } from '../../lib/copy-text.ts'
import { plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { toast } from '../../ui/toast.tsx'
import { type BranchRow, BranchTable } from './branch-table.tsx'
import css from './checkpoints.module.css'
import { commandLine } from './command-line.ts'
import { OpenBranchDialog } from './open-branch-dialog.tsx'
import { useCheckpointCall } from './queries.ts'
import { RemoveBranchDialog } from './remove-branch-dialog.tsx'

export interface BranchesPaneProps {
  readonly place: CheckpointPlace
  readonly target: SessionTarget
  readonly branches: readonly Branch[]
}

type OpenDialog = { readonly does: 'open' | 'remove'; readonly branch: BranchRow }

/** The branches of a server, each with the local database that has its data there. */
export function BranchesPane({ place, target, branches }: BranchesPaneProps) {
  const [dialog, setDialog] = useState<OpenDialog>()
  const [activeName, setActiveName] = useState<string>()
  const [, navigate] = useLocation()
  const databases = useDatabases().data ?? []
  const start = useCheckpointCall('databases.start')
  const parent = 'database' in target ? target.database : undefined
  const rows = branches.map((branch) => ({
    ...branch,
    database: databases.find((database) => database.branch?.of === parent && database.branch?.name === branch.name),
  }))
  const close = (): void => setDialog(undefined)
  const startIt = (id: string): void =>
    start.mutate(
      { id },
      {
        onError: (error) => toast({ kind: 'error', title: 'It did not start', description: toFailure(error).message }),
      },
    )

  const next = (branch: BranchRow) => {
    const { database } = branch
    const button = (label: string, icon: ReactNode, perform: () => void, busy = false) => ({
      element: (
        <Button size="small" variant="quiet" tabIndex={-1} icon={icon} busy={busy} onClick={perform}>
          {label}
        </Button>
      ),
      perform,
    })
    if (parent === undefined) {
      return button('Copy', <Copy size={12} />, () => void copyCommand(branch.dir))
    }
    if (!database) return button('Database…', <Plus size={12} />, () => setDialog({ does: 'open', branch }))
    const { id, status } = database
    if (status === 'running') {
      return button('Open', <ExternalLink size={12} />, () => navigate(pathOfTarget({ database: id })))
    }
    const isMoving = status === 'starting' || status === 'stopping' || (start.isPending && start.variables.id === id)
    return button('Start', <Play size={12} />, () => startIt(id), isMoving)
  }
  const menuOf = (branch: BranchRow): readonly MenuItem[] => {
    const { database, dir } = branch
    const first: MenuItem[] = []
    if (parent !== undefined && !database) {
      first.push({
        id: 'open',
        label: 'Create a database on it…',
        icon: <Plus size={14} />,
        perform: () => setDialog({ does: 'open', branch }),
      })
    }
    return [
      ...first,
      {
        id: 'copy',
        label: 'Copy the command that serves it',
        icon: <Copy size={14} />,
        disabled: database !== undefined,
        perform: () => void copyCommand(dir),
      },
      { id: 'copy-dir', label: 'Copy its folder', perform: () => void copyText(dir) },
      { kind: 'separator', id: 'line' },
      {
        id: 'remove',
        label: database ? `In use by ${database.name}: delete that on Home` : 'Delete…',
        icon: <Trash2 size={14} />,
        shortcut: database ? undefined : 'delete',
        danger: !database,
        disabled: database !== undefined,
        perform: () => setDialog({ does: 'remove', branch }),
      },
    ]
  }
  return (
    <section className={css.branches} style={{ '--count': rows.length } as CSSProperties} aria-label="Branches">
      <div className={css.paneHead}>
        <h2 className={css.paneTitle}>Branches</h2>
        <span className={css.fact}>{plural(rows.length, 'branch', 'branches')}</span>
      </div>
      <BranchTable
        branches={rows}
        isLocal={parent !== undefined}
        active={Math.max(
          0,
          rows.findIndex(({ name }) => name === activeName),
        )}
        onActive={({ name }) => setActiveName(name)}
        menuOf={menuOf}
        next={next}
        onRemove={(branch) => {
          if (branch.database) {
            toast({
              title: `${branch.name} is in use`,
              description: `Delete the database ${branch.database.name} on Home.`,
            })
          } else setDialog({ does: 'remove', branch })
        }}
      />
      {dialog?.does === 'open' && parent !== undefined && (
        <OpenBranchDialog of={parent} branch={dialog.branch} onClose={close} />
      )}
      {dialog?.does === 'remove' && <RemoveBranchDialog place={place} branch={dialog.branch} onClose={close} />}
    </section>
  )
}

async function copyCommand(dir: string): Promise<void> {
  // Where the branch has an append-only file its data is there; where it has none, one begins with the RDB file.
  const command = commandLine('keystead-server', '--dir', dir, '--appendonly', 'yes')
  if (await copyText(command)) toast({ kind: 'ok', title: 'Copied', description: command })
  else toast({ kind: 'error', title: 'The browser did not let it be copied', description: command })
}
