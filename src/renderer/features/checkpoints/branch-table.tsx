import { Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Branch } from '../../../shared/contract/checkpoints.ts'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import { pathOfTarget } from '../../api/target.ts'
import { formatExact } from '../../lib/format-count.ts'
import { formatAbsolute, formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import css from './checkpoints.module.css'

/** A branch, and the local database that has its data there. */
export interface BranchRow extends Branch {
  readonly database: LocalDatabase | undefined
}

export interface BranchTableProps {
  readonly branches: readonly BranchRow[]
  /** Branches of another machine can be no local databases; their folders are shown instead. */
  readonly isLocal: boolean
  readonly active: number
  readonly onActive: (branch: BranchRow) => void
  readonly menuOf: (branch: BranchRow) => readonly MenuItem[]
  /** The button of a row, and Enter: what is to be done next with it. */
  readonly next: (branch: BranchRow) => { readonly element: ReactNode; readonly perform: () => void }
  readonly onRemove: (branch: BranchRow) => void
}

export function BranchTable(props: BranchTableProps) {
  const { branches, active, menuOf, next, onRemove } = props
  const now = useNow(10_000)
  return (
    <RowMenu menuOf={menuOf}>
      {(onPoint) => (
        <DataTable
          label="Branches"
          columns={columns(now, props)}
          count={branches.length}
          rowAt={(index) => branches[index]}
          active={active}
          onActiveChange={(index) => {
            const branch = branches[index]
            if (branch) props.onActive(branch)
          }}
          onOpen={(branch) => next(branch).perform()}
          onRowContextMenu={onPoint}
          onKeyDown={(event, branch) => {
            if (event.key !== 'Delete' || !branch) return
            event.preventDefault()
            onRemove(branch)
          }}
        />
      )}
    </RowMenu>
  )
}

const columns = (now: number, { isLocal, menuOf, next }: BranchTableProps): readonly Column<BranchRow>[] => [
  { id: 'name', header: 'branch', cell: ({ name }) => <span title={name}>{name}</span> },
  {
    id: 'origin',
    header: 'from',
    width: 132,
    cell: ({ origin }) => (
      <span className={css.quiet} title={origin}>
        {originWords(origin)}
      </span>
    ),
  },
  {
    id: 'created',
    header: 'made',
    width: 88,
    cell: ({ createdAt }) =>
      createdAt === 0 ? (
        <span className={css.none}>–</span>
      ) : (
        <span title={formatAbsolute(createdAt)}>{formatRelative(Math.min(createdAt, now), now)}</span>
      ),
  },
  {
    id: 'keys',
    header: <span title="When it was made">keys</span>,
    width: 80,
    mono: true,
    align: 'end',
    cell: ({ keys }) => (keys === undefined ? <span className={css.none}>–</span> : formatExact(keys)),
  },
  isLocal
    ? { id: 'database', header: 'database', cell: ({ database }) => <UsedBy database={database} /> }
    : {
        id: 'dir',
        header: "folder on the server's machine",
        mono: true,
        cell: ({ dir }) => (
          <span data-selectable title={dir}>
            {dir}
          </span>
        ),
      },
  {
    id: 'actions',
    header: '',
    width: 148,
    align: 'end',
    // The keys do the same from the row: Enter, Delete, and the context menu.
    cell: (branch) => (
      <span className={css.rowActions}>
        {next(branch).element}
        <Menu
          align="end"
          trigger={
            <IconButton label={`More for ${branch.name}`} size="small" tabIndex={-1} icon={<Ellipsis size={16} />} />
          }
          items={menuOf(branch)}
        />
      </span>
    ),
  },
]

function UsedBy({ database }: { readonly database: LocalDatabase | undefined }) {
  if (!database) return <span className={css.none}>none</span>
  const { id, name, status, port } = database
  return (
    <span className={css.usedBy}>
      {status === 'running' ? (
        <Link href={pathOfTarget({ database: id })} tabIndex={-1}>
          {name}
        </Link>
      ) : (
        name
      )}
      <span className={css.quiet}>{status === 'running' ? `running on ${port}` : status}</span>
    </span>
  )
}

/** 'now', 'checkpoint <name>' and 'time <ms>' are the server's words. */
function originWords(origin: string): string {
  const at = /^time (\d+)$/.exec(origin)?.[1]
  return at === undefined ? origin.replace(/^checkpoint /, '') : formatAbsolute(Number(at))
}
