import { History, Plus, RotateCw, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Checkpoint, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { toFailure } from '../../api/backend.ts'
import { copyText } from '../../lib/copy-text.ts'
import { plural } from '../../lib/format-count.ts'
import { type Action, useActions } from '../../ui/actions.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import { CheckpointTable } from './checkpoint-table.tsx'
import css from './checkpoints.module.css'
import { CreateDialog } from './create-dialog.tsx'
import { useCheckpoints, useRewind } from './queries.ts'
import { RemoveDialog } from './remove-dialog.tsx'
import { RewindDialog } from './rewind-dialog.tsx'
import { RewindNote } from './rewind-note.tsx'

type OpenDialog = { readonly does: 'create' } | { readonly does: 'rewind' | 'remove'; readonly checkpoint: Checkpoint }

/** The checkpoints of a Keystead server: made, gone back to, deleted. */
export function CheckpointsPage({ session }: { readonly session: SessionInfo }) {
  const place: CheckpointPlace = { sessionId: session.sessionId }
  const { data, error, isFetching, refetch } = useCheckpoints(place, session.target)
  const [dialog, setDialog] = useState<OpenDialog>()
  const [activeName, setActiveName] = useState<string>()
  const rewind = useRewind()
  const table = useRef<RowsHandle>(null)
  const checkpoints = data?.checkpoints ?? []
  // The newest, until another is chosen: keys work at once.
  const active = Math.max(
    0,
    checkpoints.findIndex(({ name }) => name === activeName),
  )
  const close = (): void => setDialog(undefined)
  const open = (does: 'rewind' | 'remove', checkpoint: Checkpoint): void => {
    // What an earlier attempt said is not about this one.
    if (!rewind.isPending && rewind.error) rewind.reset()
    setDialog({ does, checkpoint })
  }
  const menuOf = (checkpoint: Checkpoint): readonly MenuItem[] => [
    {
      id: 'rewind',
      label: 'Rewind to it…',
      icon: <History size={14} />,
      shortcut: 'enter',
      disabled: checkpoint.problem !== undefined,
      perform: () => open('rewind', checkpoint),
    },
    { id: 'copy', label: 'Copy the name', perform: () => void copyText(checkpoint.name) },
    { kind: 'separator', id: 'line' },
    {
      id: 'remove',
      label: 'Delete…',
      icon: <Trash2 size={14} />,
      shortcut: 'delete',
      danger: true,
      perform: () => open('remove', checkpoint),
    },
  ]
  useActions(
    pageActions({
      create: () => setDialog({ does: 'create' }),
      refresh: () => void refetch(),
      active: checkpoints[active],
      open,
    }),
  )
  return (
    <section className={css.page} aria-label="Checkpoints">
      <div className={css.toolbar}>
        <Button size="small" variant="primary" icon={<Plus size={14} />} onClick={() => setDialog({ does: 'create' })}>
          Checkpoint now
        </Button>
        <span className={css.fact} role="status">
          {data ? plural(checkpoints.length, 'checkpoint') : error ? 'not read' : 'reading…'}
        </span>
        <IconButton
          label="Look again"
          shortcut="r"
          size="small"
          busy={isFetching}
          icon={<RotateCw size={14} />}
          onClick={() => void refetch()}
        />
      </div>
      {dialog?.does !== 'rewind' && <RewindNote place={place} rewind={rewind} />}
      {error && (
        <div className={css.failure}>
          <FailureNote
            failure={toFailure(error)}
            actions={
              <Button size="small" onClick={() => void refetch()}>
                Ask again
              </Button>
            }
          />
        </div>
      )}
      {data && checkpoints.length === 0 && (
        <EmptyState title="No checkpoint yet">
          A checkpoint keeps all data under a name, to go back to. <Kbd keys="n" /> makes one now; the server makes one
          by itself before FLUSHALL, FLUSHDB and every rewind.
        </EmptyState>
      )}
      {checkpoints.length > 0 && (
        <CheckpointTable
          ref={table}
          checkpoints={checkpoints}
          active={active}
          onActive={({ name }) => setActiveName(name)}
          menuOf={menuOf}
          onRewind={(checkpoint) => open('rewind', checkpoint)}
          onRemove={(checkpoint) => open('remove', checkpoint)}
        />
      )}
      {dialog?.does === 'create' && (
        <CreateDialog
          place={place}
          of={session.name}
          taken={checkpoints.map(({ name }) => name)}
          onCreated={setActiveName}
          onClose={close}
        />
      )}
      {dialog?.does === 'rewind' && (
        <RewindDialog session={session} place={place} checkpoint={dialog.checkpoint} rewind={rewind} onClose={close} />
      )}
      {dialog?.does === 'remove' && <RemoveDialog place={place} checkpoint={dialog.checkpoint} onClose={close} />}
    </section>
  )
}

interface PageActions {
  readonly create: () => void
  readonly refresh: () => void
  readonly active: Checkpoint | undefined
  readonly open: (does: 'rewind' | 'remove', checkpoint: Checkpoint) => void
}

function pageActions({ create, refresh, active, open }: PageActions): readonly Action[] {
  const group = 'Checkpoints'
  const always: readonly Action[] = [
    {
      id: 'checkpoints.create',
      group,
      label: 'Checkpoint now',
      icon: <Plus size={14} />,
      shortcut: 'n',
      perform: create,
    },
    {
      id: 'checkpoints.refresh',
      group,
      label: 'Look again at the checkpoints',
      icon: <RotateCw size={14} />,
      shortcut: 'r',
      perform: refresh,
    },
  ]
  if (!active) return always
  return [
    ...always,
    {
      id: 'checkpoints.rewind',
      group,
      label: `Rewind to ${active.name}`,
      icon: <History size={14} />,
      when: () => active.problem === undefined,
      perform: () => open('rewind', active),
    },
    {
      id: 'checkpoints.remove',
      group,
      label: `Delete the checkpoint ${active.name}`,
      icon: <Trash2 size={14} />,
      perform: () => open('remove', active),
    },
  ]
}
