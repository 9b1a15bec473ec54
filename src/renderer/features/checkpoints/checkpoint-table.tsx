import { Ellipsis, TriangleAlert } from 'lucide-react'
import type { Ref } from 'react'
import type { Checkpoint } from '../../../shared/contract/checkpoints.ts'
import { formatBytes, formatBytesExact } from '../../lib/format-bytes.ts'
import { formatExact } from '../../lib/format-count.ts'
import { formatAbsolute, formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import css from './checkpoints.module.css'

export interface CheckpointTableProps {
  readonly ref?: Ref<RowsHandle>
  readonly checkpoints: readonly Checkpoint[]
  readonly active: number
  readonly onActive: (checkpoint: Checkpoint) => void
  readonly menuOf: (checkpoint: Checkpoint) => readonly MenuItem[]
  readonly onRewind: (checkpoint: Checkpoint) => void
  readonly onRemove: (checkpoint: Checkpoint) => void
}

export function CheckpointTable(props: CheckpointTableProps) {
  const { checkpoints, active, menuOf, onRewind, onRemove } = props
  const now = useNow(10_000)
  return (
    <RowMenu menuOf={menuOf}>
      {(onPoint) => (
        <DataTable
          ref={props.ref}
          label="Checkpoints"
          columns={columns(now, menuOf, onRewind)}
          count={checkpoints.length}
          rowAt={(index) => checkpoints[index]}
          active={active}
          onActiveChange={(index) => {
            const checkpoint = checkpoints[index]
            if (checkpoint) props.onActive(checkpoint)
          }}
          onOpen={(checkpoint) => checkpoint.problem === undefined && onRewind(checkpoint)}
          onRowContextMenu={onPoint}
          onKeyDown={(event, checkpoint) => {
            if (event.key !== 'Delete' || !checkpoint) return
            event.preventDefault()
            onRemove(checkpoint)
          }}
        />
      )}
    </RowMenu>
  )
}

const columns = (
  now: number,
  menuOf: CheckpointTableProps['menuOf'],
  onRewind: CheckpointTableProps['onRewind'],
): readonly Column<Checkpoint>[] => [
  {
    id: 'name',
    header: 'name',
    cell: ({ name, problem }) =>
      problem === undefined ? (
        <span title={name}>{name}</span>
      ) : (
        <span className={css.broken} title={`${name}: ${problem}. It can only be deleted.`}>
          <TriangleAlert size={14} aria-hidden="true" /> {name} <span className={css.quiet}>broken: {problem}</span>
        </span>
      ),
  },
  {
    id: 'kind',
    header: 'kind',
    width: 92,
    cell: ({ reason }) => <Kind reason={reason} />,
  },
  {
    id: 'created',
    header: 'made',
    width: 96,
    cell: ({ createdAt }) =>
      createdAt === 0 ? (
        <Unknown />
      ) : (
        <span title={formatAbsolute(createdAt)}>{formatRelative(Math.min(createdAt, now), now)}</span>
      ),
  },
  {
    id: 'keys',
    header: 'keys',
    width: 88,
    mono: true,
    align: 'end',
    cell: ({ keys, problem }) => (problem !== undefined && keys === 0 ? <Unknown /> : formatExact(keys)),
  },
  {
    id: 'size',
    header: <span title="Of its files. Those that are the server's own take no room again.">size</span>,
    width: 84,
    mono: true,
    align: 'end',
    cell: ({ size, problem }) =>
      problem !== undefined && size === 0 ? (
        <Unknown />
      ) : (
        <span title={formatBytesExact(size)}>{formatBytes(size)}</span>
      ),
  },
  {
    id: 'actions',
    header: '',
    width: 116,
    align: 'end',
    // The keys do the same from the row: Enter, Delete, and the context menu.
    cell: (checkpoint) => (
      <span className={css.rowActions}>
        <Button
          size="small"
          variant="quiet"
          tabIndex={-1}
          disabled={checkpoint.problem !== undefined}
          onClick={() => onRewind(checkpoint)}
        >
          Rewind…
        </Button>
        <Menu
          align="end"
          trigger={
            <IconButton
              label={`More for ${checkpoint.name}`}
              size="small"
              tabIndex={-1}
              icon={<Ellipsis size={16} />}
            />
          }
          items={menuOf(checkpoint)}
        />
      </span>
    ),
  },
]

const Unknown = () => <span className={css.none}>–</span>

/** 'asked' is what a person did; everything else the server did by itself, and the name says before what. */
function Kind({ reason }: { readonly reason: string }) {
  if (reason === '') return <Unknown />
  if (reason === 'asked') return <span className={css.quiet}>named</span>
  return (
    <span className={css.quiet} title={`Made by the server ${reason}`}>
      automatic
    </span>
  )
}
